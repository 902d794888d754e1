"""The source tree obeys the architecture, and each check notices when it does not."""

import os
import pathlib

import checks
import pytest
import rules

ROOT = pathlib.Path(os.environ["SPECSWEEP_SOURCE_DIR"])


@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: check.__name__)
def test_tree(check):
    problems = list(check(ROOT))
    assert not problems, "\n" + "\n".join(problems)


def test_the_table_has_no_cycle():
    for module in rules.MAY_USE:
        assert module not in rules.reachable(module)


@pytest.mark.parametrize("module", ["checkpoint", "quantize", "metrics", "cost", "sweep"])
def test_the_table_keeps_mpi_away_from(module):
    assert "mpi" not in rules.reachable(module)


GOOD_TREE = {
    "src/base/text.hpp": '#pragma once\n\n#include <fmt/format.h>\n#include <string>\n',
    "src/base/CMakeLists.txt": "specsweep_module(base PUBLIC fmt::fmt PRIVATE spdlog::spdlog)\n",
    "src/metrics/rank.hpp": '#pragma once\n\n#include "base/text.hpp"\n',
    "src/metrics/rank.cpp": '#include "metrics/rank.hpp"\n\n#include <sys/stat.h>\n#include <vector>\n',
    "src/metrics/CMakeLists.txt": "specsweep_module(metrics LINKS base)\n",
    "src/main.cpp": "int main() {}\n",
    "scripts/run": "export OMPI_ALLOW_RUN_AS_ROOT=1\n",
}


def tree(folder, changes):
    for name, text in {**GOOD_TREE, **changes}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def problems_of(root):
    return [problem for check in checks.ALL for problem in check(root)]


def test_a_good_tree_passes(tmp_path):
    assert problems_of(tree(tmp_path, {})) == []


BROKEN = {
    "upward include": ({"src/base/a.cpp": '#include "metrics/rank.hpp"\n'}, "src/base/a.cpp:1: base may not include"),
    "sideways include": ({"src/metrics/a.cpp": '\n#include "mpi/session.hpp"\n'}, "src/metrics/a.cpp:2: metrics may not"),
    "relative include": ({"src/metrics/a.cpp": '#include "rank.hpp"\n'}, "write the path from src/"),
    "third-party header": ({"src/metrics/a.cpp": "#include <fmt/format.h>\n"}, "<fmt/format.h> belongs to base only"),
    "MPI outside mpi": ({"src/metrics/a.hpp": "#pragma once\n#include <mpi.h>\n"}, "<mpi.h> belongs to mpi only"),
    "unknown header": ({"src/base/a.cpp": "#include <Eigen/Dense>\n"}, "<Eigen/Dense> is no header"),
    "upward link": ({"src/base/CMakeLists.txt": "specsweep_module(base LINKS metrics)\n"}, "base may not link metrics"),
    "link by target name": (
        {"src/metrics/CMakeLists.txt": "specsweep_module(metrics LINKS base PRIVATE specsweep_mpi)\n"},
        "metrics may not link specsweep_mpi",
    ),
    "third-party target": (
        {"src/metrics/CMakeLists.txt": "specsweep_module(metrics LINKS base PRIVATE MPI::MPI_CXX)\n"},
        "MPI::MPI_CXX belongs to mpi only",
    ),
    "unknown target": (
        {"src/base/CMakeLists.txt": "specsweep_module(base PRIVATE Eigen3::Eigen)\n"},
        "Eigen3::Eigen is no target",
    ),
    "link past the function": (
        {"src/base/CMakeLists.txt": "specsweep_module(base)\ntarget_link_libraries(specsweep_base PRIVATE m)\n"},
        "links stand in specsweep_module()",
    ),
    "no module call": ({"src/base/CMakeLists.txt": "add_library(x a.cpp)\n"}, "exactly one call"),
    "unknown module": ({"src/utils/a.cpp": "\n"}, "src/utils: not a module"),
    "foreign function in a header": ({"src/base/a.hpp": '#pragma once\nextern "C" void dsyrk_();\n'}, 'extern "C"'),
    "one MPI only": ({"src/base/a.cpp": 'getenv("OMPI_COMM_WORLD_SIZE");\n'}, "src/base/a.cpp:1: OMPI_COMM_WORLD_SIZE"),
    "machine path": ({"jobs/a.yaml": "path: /" + "root/models\n"}, "jobs/a.yaml:1: /"),
    "long file": ({"src/base/a.cpp": "\n" * 401}, "src/base/a.cpp:401: 401 lines, 400 are allowed"),
    "long main": ({"src/main.cpp": "\n" * 81}, "src/main.cpp:81: 81 lines, 80 are allowed"),
    "header without guard": ({"src/base/a.hpp": "int a();\n"}, "#pragma once is missing"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_tree_fails(tmp_path, name):
    changes, expected = BROKEN[name]
    problems = problems_of(tree(tmp_path, changes))
    assert len(problems) == 1, problems
    assert expected in problems[0]
