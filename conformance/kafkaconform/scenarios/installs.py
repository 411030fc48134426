"""How clients of each language come into the cache: through the ordinary tools of that language."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import attrs

from kafkaconform.reference.jars import ReferenceUnavailable, copy_dependencies
from kafkaconform.scenarios.driver import ScenarioClient, ScenarioUnavailable

PROGRAMS = Path(__file__).parent

__all__ = ["GoClient", "JavaClient", "NodeClient", "PythonClient", "SystemClient"]


def require(tool: str, what: str) -> str:
    """Path of a command. Raises ScenarioUnavailable where it is not on the PATH."""
    found = shutil.which(tool)
    if found is None:
        raise ScenarioUnavailable(f"{what} needs '{tool}', and there is none on the PATH: install it.")
    return found


def run_tool(command: list[str], folder: Path, what: str, **variables: str) -> None:
    """Run a step of an installation. Raises ScenarioUnavailable with the end of what it printed."""
    finished = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise ScenarioUnavailable(f"{what}: '{' '.join(command)}' failed: {finished.stdout.strip()[-600:]}")


def digest(*parts: str | Path) -> str:
    """Of words, files, and everything in folders."""
    found = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            found.update(part.encode())
            continue
        for file in sorted(part.rglob("*")) if part.is_dir() else [part]:
            if file.is_file() and "__pycache__" not in file.parts:
                found.update(file.read_bytes())
    return found.hexdigest()


class JavaClient(ScenarioClient):
    """``org.apache.kafka:kafka-clients`` through Maven; the program is compiled against that very release."""

    def fingerprint(self) -> str:
        """Of the program and the project that gathers the jars."""
        return digest(self.version, PROGRAMS / "java")

    def fetch(self) -> None:
        """Gather the jars, compile the program."""
        compiler = require("javac", self.name)
        require("java", self.name)
        jars = self.folder / "jars"
        try:
            copy_dependencies(PROGRAMS / "java" / "pom.xml", jars, self.name, {"kafka.version": self.version})
        except ReferenceUnavailable as absent:
            raise ScenarioUnavailable(str(absent)) from None
        sources = [str(source) for source in sorted((PROGRAMS / "java").glob("*.java"))]
        run_tool([compiler, "-nowarn", "-d", str(self.folder), "-cp", f"{jars}/*", *sources], self.folder, self.name)

    def command(self) -> list[str]:
        """A small heap, and only the first compiler: it runs for seconds."""
        class_path = f"{self.folder / 'jars'}/*{os.pathsep}{self.folder}"
        return ["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", class_path, "Scenarios"]


@attrs.frozen(kw_only=True)
class PythonClient(ScenarioClient):
    """A package of PyPI in a virtual environment of its own.

    Args:
        program: the file in ``python/``.
        requirements: what is installed beside the library.
    """

    program: str
    requirements: tuple[str, ...] = ()

    def fingerprint(self) -> str:
        """Of what is installed: the program runs from where it is."""
        return digest(sys.version, self.version, *self.requirements)

    def fetch(self) -> None:
        """Make the environment anew."""
        run_tool([sys.executable, "-m", "venv", "--clear", "environment"], self.folder, self.name)
        install = [str(self.folder / "environment/bin/python"), "-m", "pip", "install", "--quiet"]
        install += ["--disable-pip-version-check", "--only-binary", ":all:"]
        wanted = [f"{self.library}=={self.version}", *self.requirements]
        run_tool([*install, *wanted], self.folder, self.name)

    def command(self) -> list[str]:
        """The environment's Python."""
        return [str(self.folder / "environment/bin/python"), str(PROGRAMS / "python" / self.program)]


class SystemClient(ScenarioClient):
    """A command of the system's, driven by a Python program of the same name."""

    @property
    def name(self) -> str:
        """Whatever release the system has."""
        return self.library

    @property
    def install_command(self) -> str:
        """Of Debian and its kin."""
        return f"apt-get install {self.library}"

    def missing(self) -> str | None:
        """It is there when it is on the PATH."""
        found = shutil.which(self.library)
        return None if found else f"{self.library} is not installed: {self.install_command}"

    def fingerprint(self) -> str:
        """Nothing is kept of it."""
        return ""

    def fetch(self) -> None:
        """Packages of the system are the user's business; with apt and the right to use it this does it."""
        if shutil.which("apt-get") is None or os.geteuid() != 0:
            raise ScenarioUnavailable(f"{self.library} is a package of your system: {self.install_command}")
        run_tool(["apt-get", "update", "--quiet", "--quiet"], self.folder, self.name)
        install = ["apt-get", "install", "--yes", "--quiet", "--quiet", "--no-install-recommends", self.library]
        run_tool(install, self.folder, self.name, DEBIAN_FRONTEND="noninteractive")

    def command(self) -> list[str]:
        """This Python: the program ends what it starts as the runner does (`kafkaconform.orphans`)."""
        return [sys.executable, str(PROGRAMS / "python" / f"{self.library}.py")]


class NodeClient(ScenarioClient):
    """A package of npm, exactly as its lock file says."""

    @property
    def source(self) -> Path:
        """Folder with the program, package.json and package-lock.json."""
        return PROGRAMS / "js" / self.library

    def fingerprint(self) -> str:
        """Of the program and the lock file."""
        return digest(self.source)

    def fetch(self) -> None:
        """Copy the program, install beside it what it imports."""
        require("node", self.name)
        shutil.copytree(self.source, self.folder, dirs_exist_ok=True)
        install = [require("npm", self.name), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run_tool(install, self.folder, self.name)

    def command(self) -> list[str]:
        """Node without arguments of its own."""
        return ["node", str(self.folder / "scenarios.js")]


@attrs.frozen(kw_only=True)
class GoClient(ScenarioClient):
    """A Go module; the program is built with exactly the modules that a ``.mod`` file and its sums name.

    Args:
        program: the folder in ``go/``.
        modules: ``go`` for today's releases, or the name of another ``.mod`` file there; that is built with the tag ``old``.
        import_path: what the library was called then, where it has been renamed: (today's, then).
    """

    program: str
    modules: str = "go"
    import_path: tuple[str, str] | None = None

    def fingerprint(self) -> str:
        """Of its sources and module files."""
        go = PROGRAMS / "go"
        files = (go / "harness", go / self.program, go / f"{self.modules}.mod", go / f"{self.modules}.sum")
        return digest(*(self.import_path or ()), *files)

    def fetch(self) -> None:
        """Copy the sources, build."""
        compiler = require("go", self.name)
        source = self.folder / "source"
        shutil.rmtree(source, ignore_errors=True)
        shutil.copytree(PROGRAMS / "go", source)
        if self.import_path is not None:
            for file in (source / self.program).glob("*.go"):
                file.write_text(file.read_text(encoding="utf-8").replace(*self.import_path), encoding="utf-8")
        build = [
            compiler,
            "build",
            f"-modfile={self.modules}.mod",
            "-mod=readonly",
            "-o",
            str(self.folder / "scenarios"),
        ]
        if self.modules != "go":
            build.append("-tags=old")
        run_tool([*build, f"./{self.program}"], source, self.name, CGO_ENABLED="0", GOFLAGS="", GOWORK="off")

    def command(self) -> list[str]:
        """The program that was built."""
        return [str(self.folder / "scenarios")]
