"""Laws of composable objects and of reasoning, and the instruments that test them."""
