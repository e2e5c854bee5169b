#pragma once

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace crmsync::graph {

/// A parsed answer with the memory its values live in: one allocation region, freed at once.
class Document {
public:
    explicit Document(std::string_view text);

    const boost::json::value& root() const { return *root_; }

private:
    boost::json::monotonic_resource memory_;
    std::optional<boost::json::value> root_;
};
using DocumentPtr = std::shared_ptr<const Document>;

/// Parses what Graph sent. Old items carry raw control characters, lone surrogates and broken
/// UTF-8 (G-333): what strict JSON refuses is mended and parsed again, so that one bad subject
/// costs its own characters and not the page. Throws Failure("graph.unreadable_answer", retry)
/// for what is no JSON even then: a page of a proxy, an answer cut off.
DocumentPtr parse_document(std::string_view text);

/// `text` with what strict JSON refuses inside strings replaced: control characters become a
/// space, unknown escapes U+FFFD. Half a surrogate pair becomes three bytes that are no UTF-8:
/// cleaning makes U+FFFD of it, and what is written back can say it again.
std::string mend_json(std::string_view text);

/// JSON with such three bytes as the escapes they were.
std::string with_halves_escaped(std::string_view text);

// Lenient looks into a value: nothing where the key is absent, null or of another type.
const boost::json::value* member(const boost::json::value& value, std::string_view key);
/// As member, the key compared without case: header and error names vary.
const boost::json::value* member_of_any_case(const boost::json::value& value, std::string_view key);
std::optional<std::string_view> text_of(const boost::json::value* value);
std::optional<std::string_view> text_at(const boost::json::value& value, std::string_view key);
std::optional<std::int64_t> number_of(const boost::json::value* value);

/// ASCII without case.
bool same_word(std::string_view a, std::string_view b);
std::string lower_ascii(std::string_view text);

} // namespace crmsync::graph
