"""examples/cluster runs as it is, as far as a machine without Slurm and Kubernetes can tell."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from local import DEADLINE

from conftest import clean_environment

EXAMPLES = Path(__file__).parents[2] / "examples" / "cluster"
SRUN = (
    '#!/bin/sh\nfor node in 1 2; do "$@" & done\nwait\n'  # stands in for srun: the command once for each of two nodes
)
VERDICT = "supported: the rate of exit status 0 is above 0.6"


def ran(script: Path, folder: Path) -> "subprocess.CompletedProcess[str]":
    """A script with `kg`, `srun` and the name of this machine on its PATH."""
    tools = folder / "tools"
    tools.mkdir()
    for name, text in {
        "kg": f'#!/bin/sh\nexec {sys.executable} -m kgents "$@"\n',
        "srun": SRUN,
        "hostname": "#!/bin/sh\necho 127.0.0.1\n",
    }.items():
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = {**clean_environment(folder), "PORT": port, "PATH": f"{tools}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", str(script)], cwd=folder, env=environment, capture_output=True, text=True, check=False,
        timeout=3 * DEADLINE,
    )  # fmt: skip


def test_the_example_for_one_machine_decides(tmp_path: Path) -> None:
    """Two workers, and the verdict."""
    done = ran(EXAMPLES / "run.sh", tmp_path)
    assert VERDICT in done.stdout, done.stderr
    assert done.stdout.count("tls://127.0.0.1:") == 2


def test_the_slurm_script_decides_under_a_stand_in(tmp_path: Path) -> None:
    """srun is a script that starts the command twice, as for two nodes; certificates are made in the folder."""
    (tmp_path / "flaky.py").write_text((EXAMPLES / "flaky.py").read_text())
    done = ran(EXAMPLES / "slurm.sbatch", tmp_path)
    assert VERDICT in done.stdout, done.stderr
    assert sorted(path.name for path in (tmp_path / "kgtls").iterdir()) == ["ca.pem", "cert.pem", "key.pem"]


def test_the_manifests_hold_together() -> None:
    """Selectors match labels, the service leads to the scheduler's port, commands parse with our own command line."""
    documents: list[Any] = list(yaml.safe_load_all((EXAMPLES / "kubernetes.yaml").read_text()))
    service, *deployments = documents
    assert [each["kind"] for each in documents] == ["Service", "Deployment", "Deployment"]
    assert service["spec"]["selector"] == deployments[0]["spec"]["template"]["metadata"]["labels"]
    from kgents.cli.cluster import cluster

    for deployment in deployments:
        spec = deployment["spec"]
        assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
        (container,) = spec["template"]["spec"]["containers"]
        program, group, name, *words = container["args"]
        assert (program, group) == ("kg", "cluster")
        cluster.commands[name].make_context(name, words, resilient_parsing=False)
        mounts = {mount["name"] for mount in container["volumeMounts"]}
        assert mounts == {volume["name"] for volume in spec["template"]["spec"]["volumes"]}
    port = service["spec"]["ports"][0]["targetPort"]
    assert deployments[0]["spec"]["template"]["spec"]["containers"][0]["ports"] == [{"containerPort": port}]
    assert (
        f"tls://{service['metadata']['name']}:{port}"
        in deployments[1]["spec"]["template"]["spec"]["containers"][0]["args"]
    )
