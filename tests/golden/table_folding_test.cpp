// Folded rows change no byte of the result: each document is rendered whole, and with its rows in runs of several sizes.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "document/html/parser.h"
#include "document/html/row_nodes.h"
#include "document_testing.h"

namespace galley::document::testing {
namespace {

constexpr std::size_t kRunNodes[] = {1, 12, 60, 2048};

RenderOptions folded(std::size_t run_nodes) {
    RenderOptions options;
    options.folding = {.html_bytes_min = 0, .run_nodes = run_nodes};
    return options;
}

void expect_same(const std::string& name, const std::string& html, RenderOptions options = {}) {
    options.folding.html_bytes_min = html.size() + 1;
    const auto whole = render(html, options);
    ASSERT_TRUE(whole.has_value()) << name << ": " << whole.error().to_string();
    for (const std::size_t nodes : kRunNodes) {
        options.folding = {.html_bytes_min = 0, .run_nodes = nodes};
        const auto other = render(html, options);
        ASSERT_TRUE(other.has_value()) << name << ": " << other.error().to_string();
        EXPECT_EQ(other->page_count, whole->page_count) << name << ", runs of " << nodes;
        EXPECT_TRUE(other->pdf == whole->pdf) << name << ", runs of " << nodes;
        EXPECT_EQ(other->warnings, whole->warnings) << name << ", runs of " << nodes;
    }
}

std::string rows(int count, const std::function<std::string(int)>& row) {
    std::string out;
    for (int i = 1; i <= count; ++i) out += row(i);
    return out;
}

std::string plain_row(int i) {
    const std::string number = std::to_string(i);
    return "<tr><td>" + number + "</td><td>Row &amp; " + number + " of many</td><td class=n>" +
           std::to_string(i * 7919 % 100'000) + "</td></tr>\n";
}

std::string document(const std::string& css, const std::string& table) {
    return "<!DOCTYPE html><html lang=en><head><style>@page{size:A5;margin:10mm}body{font:9pt 'Liberation Sans'}" +
           css + "</style></head><body><p>Before<table>" + table + "</table><p>After</body></html>";
}

std::size_t folded_rows(const std::string& html, std::size_t run_nodes) {
    const TableFolding folding{.html_bytes_min = 0, .run_nodes = run_nodes};
    const auto dom = parse_html_in_place(html, {}, &folding);
    std::size_t count = 0;
    for (std::uint32_t i = 0; dom && i < (*dom)->node_count(); ++i)
        if (const Node& node = (*dom)->node(i); node.type == NodeType::FoldedRows)
            count += (*dom)->folded_row_count(node);
    return count;
}

struct Case {
    const char* name;
    std::string html;
    std::size_t folded;  // rows that the tree leaves out, in runs of 12 nodes
};

std::vector<Case> cases() {
    const std::string many = rows(120, plain_row);
    const std::string head = "<thead><tr><th>No<th>What<th>How many</thead>";
    const std::string body = "<tbody>" + many + "</tbody>";
    const auto with_cell = [](const std::string& cell) {
        return "<tbody>" + rows(60, [&](int i) { return "<tr><td>" + std::to_string(i) + "</td>" + cell + "</tr>"; });
    };
    return {
        {"plain", document("", body), 119},
        {"head and foot", document("td,th{border:1px solid}", head + body + "<tfoot><tr><td>Sum<td><td>9</tfoot>"),
         119},
        {"collapsed",
         document("table{border-collapse:collapse}td,th{border:1px solid #999}td.n{border:3px solid red}", head + body),
         119},
        {"collapsed, rows and groups with borders",
         document("table{border-collapse:collapse;border:4px solid}tr{border-bottom:2px solid blue}"
                  "tbody{border:5px double green}td{border-top:2px solid red}tr:nth-child(3n) td{border:2px dashed}",
                  head + body + "<tbody>" + many + "</tbody><tfoot><tr><td>x</tfoot>"),
         238},
        {"zebra and places",
         document("tr:nth-child(even){background:#eee}tr:nth-last-child(2) td{color:red}tr:last-child{color:blue}"
                  "tr:nth-of-type(7n){font-weight:bold}tr:nth-last-of-type(5){background:lime}"
                  "td:first-child{width:20%}",
                  body),
         119},
        {"fixed layout",
         document("table{table-layout:fixed;width:100%}td{overflow:hidden}", "<col width=30><col><col>" + body), 119},
        {"columns with styles",
         document("table{border-collapse:collapse}col.a{background:#eef;border:2px solid;width:25%}",
                  "<colgroup><col class=a><col></colgroup>" + head + body),
         119},
        {"spans across",
         document("table{border-collapse:collapse}td{border:1px solid}",
                  "<tbody>" + rows(90,
                                   [](int i) {
                                       if (i % 9 != 0) return plain_row(i);
                                       return "<tr><td colspan=3>Subtotal of a long stretch of rows, in words: " +
                                              std::to_string(i) + "</td></tr>";
                                   })),
         89},
        {"rows higher than pages",
         document("td{vertical-align:middle;padding:2mm}",
                  "<tbody>" + rows(8,
                                   [](int i) {
                                       std::string text;
                                       for (int word = 0; word < 700; ++word)
                                           text += "word" + std::to_string(word * i) + " ";
                                       return "<tr><td>" + std::to_string(i) + "</td><td>" + text + "</td></tr>";
                                   })),
         7},
        {"breaks to the left in cells",
         document("p.l{break-before:left}",
                  "<tbody>" + rows(30,
                                   [](int i) {
                                       return "<tr><td>" + std::to_string(i) + "</td><td>first" +
                                              (i % 10 == 0 ? "<p class=l>then on a left page</p>" : "") + "</td></tr>";
                                   })),
         29},
        {"breaks between rows",
         document("tr.b{break-before:page}tr.a{break-after:avoid}",
                  "<tbody>" + rows(100,
                                   [](int i) {
                                       return std::string("<tr class='") +
                                              (i % 17 == 0  ? "b"
                                               : i % 5 == 0 ? "a"
                                                            : "") +
                                              "'><td>" + std::to_string(i) + "</td></tr>";
                                   })),
         99},
        {"a break after the last row", document("tr:last-child{break-after:page}", body), 119},
        {"avoided breaks", document("tr:nth-child(4n){break-after:avoid}p{break-before:avoid}", body), 119},
        {"spacing and captions",
         document("table{border-spacing:1mm 2mm;caption-side:bottom}td{empty-cells:hide;border:1px solid}",
                  "<caption>What stands below</caption>" +
                      rows(60, [](int i) { return "<tr><td>" + std::to_string(i) + "<td></tr>"; })),
         59},
        {"rows without cells",
         document("td{border:1px solid}",
                  "<tbody>" + rows(50, [](int i) { return i < 25 ? std::string("<tr></tr>") : plain_row(i); })),
         49},
        {"orphans and widows in cells",
         document("td{orphans:3;widows:3}tr{break-inside:auto}",
                  "<tbody>" + rows(20,
                                   [](int i) {
                                       return "<tr><td>" + std::to_string(i) + "<td>" +
                                              rows(9, [](int n) { return "line " + std::to_string(n) + "<br>"; });
                                   })),
         19},
        {"groups that avoid breaks",
         document("tbody{break-inside:avoid}",
                  rows(12, [](int group) { return "<tbody>" + rows(4 + group * 2, plain_row) + "</tbody>"; })),
         192},
        {"inline parts",
         document(".badge{display:inline-block;padding:0 2mm;border-radius:3pt;background:#287;color:#fff}"
                  "i{position:relative;top:1px}td::before{content:'- '}b::first-letter{font-size:150%}",
                  with_cell("<td><span class=badge>done</span> <b>bold <i>both</b> crossed</i><a href=#x>to x</a><br>"
                            "next&nbsp;line<img src=missing.png alt=none>")),
         59},
        {"floats and blocks in cells",
         document("td div{float:right;width:20mm;border:1px solid}td p{margin:1em 0}td{text-align:justify}",
                  with_cell("<td><div>float</div><p>one two three four five</p><pre>a\n b</pre><hr>")),
         59},
        {"unclosed rows",
         document("", "<tr><td>1<td>2" + rows(50, [](int i) { return "<tr><td>" + std::to_string(i) + "<td>b"; })), 50},
        {"comments and spaces between",
         document("", "<tbody>\n" + rows(40, [](int i) { return "  " + plain_row(i) + "<!-- c -->\n\n"; })), 39},
        {"text beside cells goes before the table",
         document("", "<tbody>" +
                          rows(40, [](int i) { return i == 20 ? std::string("<tr>lost<td>x</tr>") : plain_row(i); })),
         37},
        {"rows that span",
         document("td{border:1px solid}", "<tbody>" + rows(60,
                                                           [](int i) {
                                                               if (i % 20 == 1)
                                                                   return "<tr><td rowspan=3>" + std::to_string(i) +
                                                                          "<td>b</tr>";
                                                               return i % 20 < 4 ? std::string("<tr><td>c</tr>")
                                                                                 : plain_row(i);
                                                           })),
         53},
        {"a span from the first row", document("", "<tr><td rowspan=5>a<td>b<td>c</tr>" + many), 120},
        {"ids and links",
         document("", "<tbody>" + rows(60,
                                       [](int i) {
                                           return "<tr id=r" + std::to_string(i) + "><td><a href=#r" +
                                                  std::to_string(61 - i) + ">" + std::to_string(i) + "</a></tr>";
                                       })),
         0},
        {"lists in cells", document("", with_cell("<td><ol><li>one<li>two</ol>")), 0},
        {"tables in cells", document("", with_cell("<td><table><tr><td>in<tr><td>ner</table>")), 0},
        {"more columns later", document("td{border:1px solid}", body + "<tbody><tr><td>1<td>2<td>3<td>4<td>5</tbody>"),
         119},
        {"counters", document("tr{counter-increment:row}td:first-child::before{content:counter(row) '. '}", body), 119},
        {"beside rows", document("tr + tr td{border-top:1px solid}", body), 119},
        {"styles by attribute", document("td::after{content:attr(class)}", body), 119},
        {"named strings", document("@page{@top-left{content:string(s)}}td{string-set:s content()}", body), 119},
        {"headings by style", document("td.n{bookmark-level:2}", body), 119},
        {"named pages", document("@page wide{size:A5 landscape}tr:nth-child(50){page:wide}", body), 119},
        {"positioned", document("td{position:relative}b{position:absolute;right:0}", with_cell("<td><b>r</b>left")),
         59},
        {"right to left", document("table{direction:rtl;border-collapse:collapse}td{border:1px solid}", body), 119},
        {"in a flex item", document("body{display:flex}", body), 119},
        {"in columns", document("body{columns:2}td{border:1px solid}", body), 119},
        {"body as block", document("tbody{display:block}", body), 119},
        {"body as head", document("tbody{display:table-header-group}", body), 119},
        {"body as foot", document("tbody{display:table-footer-group}", body), 119},
        {"hidden rows", document("tr:nth-child(3n){display:none}", body), 119},
        {"hidden bodies", document("tbody{display:none}", body), 119},
        {"rows as blocks", document("tr:nth-child(5n){display:block}", body), 119},
        {"cells as blocks", document("td.n{display:block}", body), 119},
        {"page numbers", document("@page{@bottom-right{content:counter(page) ' of ' counter(pages)}}", body), 119},
        {"page numbers in the flow",
         document("a::after{content:target-counter(attr(href),page)}", body) + "<a href='#end'>end at </a><p id=end>e",
         119},
        {"text of the table as a bookmark", document("table{bookmark-level:1;bookmark-label:content()}", body), 119},
        {"attributes of html and body in a cell",
         document("[a]{color:red}[b]{background:#eee}",
                  "<tbody>" + rows(60,
                                   [](int i) {
                                       if (i == 20) return std::string("<tr><td><html a=1>x");
                                       if (i == 40) return std::string("<tr><td><body b=1>y");
                                       return plain_row(i);
                                   })),
         53},
        {"an open b around", "<b><table>" + many + "</table>", 0},
        {"two tables", document("", body) + document("td{color:red}", head + body), 238},
        {"a form around", "<form><table>" + many + "</table></form>", 119},
        {"quirks", "<p>x<table>" + many + "</table>", 119},
    };
}

TEST(TableFolding, ChangesNoByteOfTheResult) {
    for (const Case& one : cases()) expect_same(one.name, one.html);
}

TEST(TableFolding, LeavesTheseRowsOutOfTheTree) {
    for (const Case& one : cases()) EXPECT_EQ(folded_rows(one.html, 12), one.folded) << one.name;
}

TEST(TableFolding, ChangesNoDocumentOfTheComparison) {
    const std::filesystem::path folder(std::string(GALLEY_SOURCE_DIR) + "/tests/compare/documents");
    std::size_t seen = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".html") continue;
        RenderOptions options;
        options.base_url = folder.string() + "/";
        expect_same(entry.path().filename().string(), read_file(entry.path().string()), options);
        ++seen;
    }
    EXPECT_GT(seen, 100U);
}

// What is read again is what was read.
TEST(TableFolding, GivesTheSameNodesAgain) {
    for (const Case& one : cases()) {
        const TableFolding folding{.html_bytes_min = 0, .run_nodes = 40};
        const auto whole = parse_html_in_place(one.html, {}, nullptr);
        const auto dom = parse_html_in_place(one.html, {}, &folding);
        ASSERT_TRUE(whole && dom);
        std::vector<const Node*> expected, found;
        for (std::uint32_t i = 0; i < (*whole)->node_count(); ++i) expected.push_back(&(*whole)->node(i));
        std::vector<std::unique_ptr<RowNodes>> kept;
        for (std::uint32_t i = 0; i < (*dom)->node_count(); ++i) {
            const Node& node = (*dom)->node(i);
            if (node.type != NodeType::FoldedRows) {
                found.push_back(&node);
                continue;
            }
            kept.push_back(RowNodes::read(**dom, node));
            found.insert(found.end(), kept.back()->nodes().begin(), kept.back()->nodes().end());
        }
        ASSERT_EQ(found.size(), expected.size()) << one.name;
        const bool same = std::ranges::equal(found, expected, [](const Node* a, const Node* b) {
            return a->type == b->type && a->tag() == b->tag() && a->text() == b->text() &&
                   std::ranges::equal(a->attributes(), b->attributes(), [](const Attribute& x, const Attribute& y) {
                       return x.name == y.name && x.value == y.value;
                   });
        });
        EXPECT_TRUE(same) << one.name;
    }
}

TEST(TableFolding, IsCancelled) {
    const std::atomic<bool> cancelled = true;
    RenderOptions options = folded(12);
    options.cancelled = &cancelled;
    const auto result = render(cases().front().html, options);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
}

TEST(TableFolding, KeepsTheLimits) {
    RenderOptions options = folded(12);
    options.limits.pages_max = 2;
    const auto pages = render(cases().front().html, options);
    ASSERT_FALSE(pages.has_value());
    EXPECT_EQ(pages.error().code, ErrorCode::LimitExceeded);
    options = folded(12);
    options.limits.nodes_max = 300;
    const auto nodes = render(cases().front().html, options);
    ASSERT_FALSE(nodes.has_value());
    EXPECT_EQ(nodes.error().code, ErrorCode::LimitExceeded);
}

}  // namespace
}  // namespace galley::document::testing
