// The rules that every document starts with.
// https://html.spec.whatwg.org/multipage/rendering.html, as paper needs them: no states, no scrolling, headings keep
// with what follows them, bookmarks from headings.
#include "document/style/stylesheet.h"

namespace galley::document {

std::string_view user_agent_text() {
    return R"css(
@page { margin: 75px }
html, body, address, article, aside, blockquote, center, dd, details, dialog, dir, div, dl, dt, fieldset, figcaption,
figure, footer, form, h1, h2, h3, h4, h5, h6, header, hgroup, hr, legend, listing, main, menu, nav, ol, p,
plaintext, pre, search, section, summary, ul, xmp { display: block }
area, audio, base, basefont, bgsound, command, datalist, embed, head, input[type=hidden], link, meta, noembed,
  noframes, optgroup,
option, param, rp, script, source, style, template, title, track { display: none }
[hidden] { display: none }
body { margin: 8px }
article, aside, blockquote, dir, figure, hgroup, li, listing, menu, nav, ol, section, ul, dd { unicode-bidi: isolate }
p, dl, pre, listing, plaintext, xmp { margin-top: 1em; margin-bottom: 1em }
blockquote, figure { margin: 1em 40px }
dd { margin-left: 40px }
dir, menu, ol, ul { margin-top: 1em; margin-bottom: 1em; padding-left: 40px; counter-reset: list-item }
ul ul, ul ol, ol ul, ol ol, ul menu, ol menu, dir ul, dir ol, menu ul, menu ol, dl ul, dl ol { margin-top: 0;
  margin-bottom: 0 }
li { display: list-item }
summary { display: block }
ol, ul { break-before: avoid }
ol { list-style-type: decimal }
ul, dir, menu { list-style-type: disc }
ul ul, ol ul, menu ul, dir ul { list-style-type: circle }
ul ul ul, ul ol ul, ol ul ul, ol ol ul { list-style-type: square }
h1, h2, h3, h4, h5, h6 { hyphens: manual }
h1, h2, h3, h4 { break-inside: avoid }
h1 { font-size: 2em; margin-top: .67em; margin-bottom: .67em; font-weight: bold; bookmark-level: 1; break-after:
  avoid }
h2 { font-size: 1.5em; margin-top: .83em; margin-bottom: .83em; font-weight: bold; bookmark-level: 2; break-after:
  avoid }
h3 { font-size: 1.17em; margin-top: 1em; margin-bottom: 1em; font-weight: bold; bookmark-level: 3; break-after:
  avoid }
h4 { margin-top: 1.33em; margin-bottom: 1.33em; font-weight: bold; bookmark-level: 4; break-after: avoid }
h5 { font-size: .83em; margin-top: 1.67em; margin-bottom: 1.67em; font-weight: bold; bookmark-level: 5;
  break-after: avoid }
h6 { font-size: .67em; margin-top: 2.33em; margin-bottom: 2.33em; font-weight: bold; bookmark-level: 6;
  break-after: avoid }
section h1 { font-size: 1.5em; margin-top: .83em; margin-bottom: .83em }
section section h1 { font-size: 1.17em; margin-top: 1em; margin-bottom: 1em }
section section section h1 { font-size: 1em; margin-top: 1.33em; margin-bottom: 1.33em }
section section section section h1 { font-size: .83em; margin-top: 1.67em; margin-bottom: 1.67em }
b { font-weight: bold }
strong { font-weight: bolder }
cite, dfn, em, i, var, address { font-style: italic }
big { font-size: larger }
small { font-size: smaller }
sub { vertical-align: sub; font-size: smaller; line-height: normal }
sup { vertical-align: super; font-size: smaller; line-height: normal }
code, kbd, samp, tt, pre, listing, plaintext, xmp { font-family: monospace }
pre, listing, plaintext, xmp { white-space: pre }
textarea { white-space: pre-wrap }
nobr { white-space: nowrap }
ins, u { text-decoration: underline }
del, s, strike { text-decoration: line-through }
mark { background: yellow; color: black }
abbr[title], acronym[title] { text-decoration: underline dotted }
a:link, area:link { color: #00e; text-decoration: underline }
center { text-align: center }
q::before { content: open-quote }
q::after { content: close-quote }
br { display: inline }
hr { color: gray; border: 1px inset; margin: .5em auto }
table { display: table; border-collapse: separate; border-spacing: 2px; box-sizing: border-box; text-indent: 0 }
caption { display: table-caption }
colgroup { display: table-column-group }
col { display: table-column }
thead { display: table-header-group; vertical-align: middle; break-inside: avoid }
tbody { display: table-row-group; vertical-align: middle }
tfoot { display: table-footer-group; vertical-align: middle; break-inside: avoid }
tr { display: table-row; vertical-align: inherit }
td, th { display: table-cell; vertical-align: inherit; padding: 1px }
th { font-weight: bold }
fieldset { margin: 0 2px; padding: .35em .625em .75em; border: 2px groove }
legend { padding: 0 2px }
button, input, textarea { display: inline-block; text-indent: 0 }
button { text-align: center }
img, svg { display: inline }
svg, symbol, marker, pattern { overflow: hidden }
svg style, svg title, svg desc, svg metadata, svg defs { display: none }
ruby, rt { display: inline }
rt { font-size: 50% }
video, canvas { display: inline-block }
bdi, output { unicode-bidi: isolate }
bdo { unicode-bidi: isolate-override }
address, blockquote, center, dialog, div, figure, figcaption, footer, form, header, hr, legend, main, p, pre {
  unicode-bidi: isolate }
)css";
}

}  // namespace galley::document
