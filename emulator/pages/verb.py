"""`mipl docs [PAGE]`. Read at every start, so it imports little."""

import argparse

VERB = "docs"


def add_verb(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the verb."""
    docs = verbs.add_parser(
        VERB,
        help="print a page of the documentation, or list all of them",
        description="Prints a page of docs, as help and error texts name it: docs/faults.md, "
        "faults, quirks/login. Without PAGE it lists them.",
    )
    docs.add_argument("page", metavar="PAGE", nargs="?", help="which page (default: list all)")
    docs.add_argument("--path", action="store_true", help="say where it is, instead of printing it")


def show(options: argparse.Namespace) -> int:
    """Print it; UsageError for a page that there is not."""
    from emulator.cli import DONE
    from emulator.console import put
    from emulator.pages.finding import file_of, folder_of_pages, names_of, title_of

    folder = folder_of_pages()
    if options.page is not None:
        file = file_of(folder, options.page)
        put(str(file) if options.path else file.read_text(encoding="utf-8").rstrip("\n"))
    elif options.path:
        put(str(folder))
    else:
        names = names_of(folder)
        width = max(map(len, names))
        for name in names:
            put(f"{name:<{width}}  {title_of(folder / f'{name}.md')}")
    return DONE
