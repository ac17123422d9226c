"""The compiled form of the package: hatchling's build hook that turns the modules a message goes through into C.

    HATCH_BUILD_HOOK_ENABLE_CUSTOM=1 pip install .

Without that variable nothing here runs, and the wheel is pure Python. pyproject.toml lists the modules.
mypyc works on a copy, so that nothing it makes stays in the checkout, where Python would take it for the sources.
"""

from __future__ import annotations

import shutil
import sysconfig
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "interpreter"
GROUP = "dialog_interpreter"  # the library with the code of all of them is called after it


class CompiledModules(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own type is of no use here
    """Compiles the modules that pyproject.toml lists, and puts them into the wheel beside their sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, before the wheel is written; an editable install stays as it is."""
        if version == "editable":
            return
        self._folder = TemporaryDirectory(prefix="dialog-compiled-")
        made = compiled(Path(self.root), list(self.config["modules"]), Path(self._folder.name))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"].update({str(path): name for name, path in made.items()})

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """The wheel is written, and what was compiled for it is not needed any more."""
        if version != "editable":
            self._folder.cleanup()


def compiled(root: Path, modules: list[str], folder: Path) -> dict[str, Path]:
    """Compile modules (`machine/step`) of the package below `root`, in `folder`: name in the wheel → file.

    Raises:
        SystemExit: a module does not type-check, or there is no C compiler; what is wrong has been written to stderr.
    """
    from mypyc.build import mypycify
    from setuptools import Distribution

    source, made = folder / "source", folder / "made"
    shutil.copytree(root / PACKAGE, source / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", source)  # mypy's settings
    with chdir(source):
        extensions = mypycify(
            ["--ignore-missing-imports", "--no-warn-unused-ignores", *(f"{PACKAGE}/{module}.py" for module in modules)],
            group_name=GROUP,
            debug_level="0",
            target_dir=str(folder / "c"),
        )
        command = Distribution({"name": PACKAGE, "ext_modules": extensions}).get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(made), str(folder / "objects")
        command.ensure_finalized()
        command.run()
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    return {str(path.relative_to(made).as_posix()): path for path in made.rglob(f"*{suffix}")}
