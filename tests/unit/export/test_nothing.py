"""What a page shows where there is nothing to show."""

from nbformat import v4

from tskit.export import html


def bare(*shown):
    """Return a page of one section: what it shows, and the code that made it."""
    cells = [v4.new_markdown_cell("# T"), v4.new_markdown_cell("## What belongs together\n\nWhy it is looked for.")]
    for mime, value in shown:
        output = v4.new_output("display_data", data={f"application/vnd.tskit.{mime}+json": value})
        cells.append(v4.new_code_cell(f"made_{value['key']}()", outputs=[output]))
    return html.page(v4.new_notebook(cells=cells), html.Setting())


EMPTY_TABLE = ("table", {"key": "links", "title": "Clusters", "caption": "No cluster is more than chance.", "rows": []})
EMPTY_CHART = ("vegalite", {"key": "map", "title": "Map", "caption": "Nothing to draw.", "spec": {}, "is_empty": True})
FULL_TABLE = ("table", {"key": "late", "title": "Late", "columns": [{"name": "a", "label": "A"}], "rows": [["x"]]})


def test_a_section_with_nothing_to_show_is_one_line_with_its_code_at_the_end():
    page = bare(EMPTY_TABLE, EMPTY_CHART)
    line = page.partition('<section class="quiet">')[2].partition("</section>")[0]
    assert line.startswith('<h2 id="s-what-belongs-together">What belongs together</h2>')
    assert '<span id="s-table-links">No cluster is more than chance.</span>' in line
    assert "Why it is looked for" not in page
    assert "made_links" in page.partition('id="provenance"')[2]


def test_a_chart_of_nothing_is_left_out_where_a_table_says_so_and_takes_no_number():
    page = bare(EMPTY_CHART, FULL_TABLE)
    assert "Nothing to draw." not in page
    alone = bare(EMPTY_CHART, ("vegalite", {"key": "full", "title": "Full", "caption": "C", "spec": {}}))
    assert '<p class="small nothing" id="s-figure-map"><strong>Map.</strong> Nothing to draw.</p>' in alone
    assert '<span class="no">Figure 1</span> Full' in alone


def test_a_table_of_nothing_beside_others_is_one_line():
    page = bare(EMPTY_TABLE, FULL_TABLE)
    assert '<p class="small nothing" id="s-table-links"><strong>Clusters.</strong> No cluster is more' in page
    assert '<span class="no">Table 2</span> Late' in page
    assert "Why it is looked for" in page
