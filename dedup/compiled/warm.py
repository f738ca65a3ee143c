"""``python -m dedup.compiled.warm``: compiles every kernel, so that no first run has to wait."""


def warm() -> None:
    """Deduplicate a few records that between them call every kernel."""
    import pyarrow as pa

    from dedup.engine import deduplicate
    from dedup.files.plain import PlainLines

    PlainLines().read(b'{"id": "1"}', old=False)
    words = [f"word{place}" for place in range(160)]
    scattered = ["other" if place % 16 == 8 else word for place, word in enumerate(words)]
    records = (
        ("On the ants of the northern hills: a survey", words),
        ("On the ants of the northern hils, surveyed", scattered),
        ("On the ants of the northern hills: a survey", [*words[:70], "…"]),
        ("Bees", [*scattered[:90], "…"]),
        ("Bees, part 2", words[100:]),
        ("Bees, part 2", words[100:]),
    )
    deduplicate(
        pa.table(
            {
                "id": list(map(str, range(len(records)))),
                "title": [title for title, _ in records],
                "abstract": [" ".join(said) for _, said in records],
                "authors": [["Ann Lee"]] * len(records),
            }
        )
    )


if __name__ == "__main__":
    warm()
