#pragma once

#include <boost/json/value.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync {

/// One line for people, and nothing but that: values come from mail and from the CRM, and none of
/// them ends the line, commands the terminal or turns the text around it. What a line break or a
/// tab would be is a space, other controls and marks of direction show as U+FFFD.
void print_line(std::ostream& out, std::string_view line);

/// Rows as aligned columns under a header line, for people.
void print_table(std::ostream& out, const std::vector<std::string>& header,
                 const std::vector<std::vector<std::string>>& rows);

/// One line for programs; the same characters are escaped, and so are what they were.
void print_json(std::ostream& out, const boost::json::value& value);

} // namespace crmsync
