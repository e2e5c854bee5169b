#pragma once

#include "source_text.hpp"

#include <map>
#include <string>
#include <string_view>

namespace crmsync::lint {

/// Where each name stands first.
struct Place {
    std::string file;
    int line = 0;
};
using Names = std::map<std::string, Place>;

/// The stable names of failures, of reasons why an item is parked and of events of the sync log
/// that a source gives: "graph.throttled", "item.changing", `event.name = "item_tracked"`.
Names names_in_source(const std::string& file, std::string_view source);

/// The names explained in a page of documentation: the first column of its tables, in backquotes.
Names names_in_page(const std::string& file, std::string_view page);

/// Names that are given and not explained, or explained and not given.
std::vector<Finding> compare_names(const Names& given, const Names& explained,
                                   const std::string& page);

} // namespace crmsync::lint
