// src/template/escape.h — text made safe to stand in HTML, in elements and in quoted attributes.
//
// Shape    & < > " ' become &amp; &lt; &gt; &#34; &#39;, as MarkupSafe writes them.
// Threads  any.
#pragma once

#include <string>
#include <string_view>

namespace galley::templates {

void append_escaped(std::string& out, std::string_view text);

}  // namespace galley::templates
