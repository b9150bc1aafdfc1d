"""Few questions are prepared at a time; nobody waits for an answer to get a turn."""

import asyncio

from kgents.harness.turns import FEW, Turns, sent


async def test_a_turn_ends_when_the_request_is_sent_and_not_when_it_is_answered() -> None:
    turns, answer, log = Turns(), asyncio.Event(), []
    preparing = most = 0

    async def ask(number: int) -> None:
        nonlocal preparing, most
        async with turns.turn():
            preparing += 1
            most = max(most, preparing)
            for _ in range(5):
                await asyncio.sleep(0)
            preparing -= 1
            log.append(number)
            await asyncio.create_task(hand_over())  # a client may send in a task of its own
            await answer.wait()

    async def hand_over() -> None:
        sent()
        sent()

    asked = [asyncio.create_task(ask(number)) for number in range(5 * FEW)]
    while len(log) < len(asked):  # noqa: ASYNC110 (nothing else tells)
        await asyncio.sleep(0)
    assert most == FEW
    assert log == list(range(5 * FEW))
    answer.set()
    await asyncio.gather(*asked)


async def test_a_client_that_never_tells_holds_nobody_up_for_long() -> None:
    turns, answer, asked = Turns(), asyncio.Event(), 0

    async def ask() -> None:
        nonlocal asked
        async with turns.turn():
            asked += 1
            await answer.wait()

    tasks = [asyncio.create_task(ask()) for _ in range(2 * FEW)]
    async with asyncio.timeout(10):
        while asked < len(tasks):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    answer.set()
    await asyncio.gather(*tasks)
    sent()  # in no turn: nothing happens
