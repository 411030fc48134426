"""Benchmarks. `python -m benchmarks` measures a whole broker, row by row of docs/benchmarks.md; the other modules of this
package measure one part each and are run by name (`python -m benchmarks.codec`)."""
