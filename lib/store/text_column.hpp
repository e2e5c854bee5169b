#pragma once

#include "base/text.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::store {

/// Text columns that point into the plan; the rare text that PostgreSQL would refuse is cleaned and
/// kept here.
class TextColumn {
public:
    void add(const std::string& text)
    {
        if (text.find('\0') == std::string::npos)
            views_.emplace_back(text);
        else
            views_.emplace_back(cleaned_.emplace_back(clean_utf8(text)));
    }
    const std::vector<std::string_view>& views() const { return views_; }

private:
    std::vector<std::string_view> views_;
    std::deque<std::string> cleaned_; ///< a deque does not move what views point to
};

} // namespace crmsync::store
