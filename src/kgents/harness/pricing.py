"""What answers cost, by the price list of genai-prices.

Rule: an unknown price is None, never zero; a server of the user's own has no price.
"""

from decimal import Decimal


def price(
    vendor: str, model: str, input_tokens: int, output_tokens: int, cached_tokens: int = 0, written_tokens: int = 0
) -> Decimal | None:
    """What a question costs in dollars; None where the model's price is not known, or the extra is not there.

    cached_tokens, written_tokens  of the input: what came out of the provider's cache, and what went into it
    """
    try:
        from genai_prices import Usage as Tokens
        from genai_prices import calc_price
    except ImportError:
        return None
    tokens = Tokens(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cache_read_tokens=cached_tokens,
        cache_write_tokens=written_tokens,
    )
    try:
        calculation = calc_price(tokens, model, provider_id=vendor.removesuffix("-chat").removesuffix("-responses"))
    except (LookupError, ValueError):
        return None
    return Decimal(calculation.total_price)
