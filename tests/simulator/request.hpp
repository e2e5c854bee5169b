#pragma once

#include "simulator/item.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::sim {

/// Compares ASCII without case: header names, property names, path words.
bool same_name(std::string_view a, std::string_view b);
const std::string* find_header(const Headers& headers, std::string_view name);

/// A request, or a part of a batch, on its way to the code that answers it.
struct Request {
    std::string method;
    std::string target;            ///< as it came, without scheme, host and version
    std::vector<std::string> path; ///< decoded; users('x') is two words
    std::string query;             ///< as it came
    Headers headers;
    std::string body;
    const boost::json::value* json = nullptr; ///< a batch part's body
    std::string base;                         ///< "http://127.0.0.1:4711"
    std::string part;                         ///< a batch part's id

    std::string_view header(std::string_view name) const;
};

/// Splits a target into path words and query.
void read_target(Request& request, std::string_view target);
std::string percent_decoded(std::string_view text, bool plus_is_space = false);

/// The preferences of all Prefer headers together.
struct Preferences {
    bool immutable_ids = false;
    bool text_body = false;
    bool html_body = false;
    bool minimal_return = false;
    std::optional<std::size_t> page_size;

    /// For Preference-Applied.
    std::string applied() const;
};
Preferences read_preferences(const Request& request);

struct Answer {
    int status = 200;
    Headers headers;
    std::string body;
    enum class Kind { json, text, bytes, none } kind = Kind::json;
};

} // namespace crmsync::sim
