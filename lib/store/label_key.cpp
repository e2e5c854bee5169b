#include "store/label_key.hpp"

#include "base/text.hpp"

namespace crmsync::store {

std::string label_key(std::string_view text)
{
    std::string key;
    bool gap = false;
    for (const char c : fold(text)) {
        if (c == ' ' || c == ',' || c == ';' || c == '\t' || c == '\n' || c == '\r') {
            gap = !key.empty();
            continue;
        }
        if (gap)
            key += ' ';
        gap = false;
        key += c;
    }
    return key;
}

} // namespace crmsync::store
