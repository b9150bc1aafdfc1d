"""claude, the real one, in the void."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from real import RealAgent

from kgents.domain.ports import HarnessError, Reply
from kgents.harness.credentials import Named
from kgents.harness.formats import Answer
from kgents.testing.harness_contract import Session


class TestClaude(RealAgent):
    name = "claude"

    def test_the_doctor_knows_it(self, kg: Callable[..., subprocess.CompletedProcess[str]]) -> None:
        path = os.pathsep.join([str(Path(self.path).parent), os.environ["PATH"]])
        findings = {found["what"]: found for found in json.loads(kg("doctor", "--json", PATH=path).stdout)}
        assert findings["agent claude"]["state"] == "ok"
        assert "which passed the isolation test" in findings["agent claude"]["detail"]
        assert findings["void"]["state"] == "ok"

    def test_a_subscription_token_does_as_a_key(self) -> None:
        token = "sk-ant-oat01-planted-0123456789abcdef"

        async def once(session: Session) -> tuple[Reply | HarnessError, list[str]]:
            reply = await session.ask(self.seconds)
            return reply, [request.headers.get("authorization", "") for request in session.server.calls]

        class OfToken(TestClaude):
            def environment(self, url: str) -> dict[str, str]:
                kept = {key: value for key, value in super().environment(url).items() if key != "ANTHROPIC_API_KEY"}
                return {**kept, "CLAUDE_CODE_OAUTH_TOKEN": token}

        reply, sent = OfToken().use(Answer(), once, keys=Named("CLAUDE_CODE_OAUTH_TOKEN"))
        assert isinstance(reply, Reply), repr(reply)
        assert sent == [f"Bearer {token}"]
