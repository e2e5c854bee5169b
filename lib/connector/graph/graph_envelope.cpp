#include "connector/graph/graph_envelope.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace crmsync::graph {

namespace {

/// Finds where values end, without looking into them.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    bool take(char c)
    {
        skip_blanks();
        if (at_ >= text_.size() || text_[at_] != c)
            return false;
        ++at_;
        return true;
    }

    /// The text of the next value; nothing at the end or where there is none.
    std::optional<std::string_view> value()
    {
        skip_blanks();
        const std::size_t start = at_;
        if (at_ < text_.size() && (text_[at_] == '{' || text_[at_] == '['))
            skip_nested();
        else if (at_ < text_.size() && text_[at_] == '"')
            skip_string();
        else
            at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
        if (at_ == start)
            return std::nullopt;
        return text_.substr(start, at_ - start);
    }

private:
    void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

    void skip_string()
    {
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
            if (text_[at_] == '\\')
                ++at_;
        at_ = std::min(at_ + 1, text_.size());
    }

    void skip_nested()
    {
        int depth = 0;
        do {
            const char c = text_[at_];
            if (c == '"') {
                skip_string();
                continue;
            }
            if (c == '{' || c == '[')
                ++depth;
            if (c == '}' || c == ']')
                --depth;
            ++at_;
        } while (depth > 0 && at_ < text_.size());
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

using Members = std::vector<std::pair<std::string_view, std::string_view>>; ///< keys with quotes

/// Nothing where the text is no complete object.
std::optional<Members> members_of(std::string_view object)
{
    Members members;
    Scanner scanner(object);
    if (!scanner.take('{'))
        return std::nullopt;
    if (scanner.take('}'))
        return members;
    do {
        const auto key = scanner.value();
        if (!key || !scanner.take(':'))
            return std::nullopt;
        const auto value = scanner.value();
        if (!value)
            return std::nullopt;
        members.emplace_back(*key, *value);
    } while (scanner.take(','));
    return scanner.take('}') ? std::optional(std::move(members)) : std::nullopt;
}

/// Nothing where the text is no complete array.
std::optional<std::vector<std::string_view>> elements_of(std::string_view array)
{
    std::vector<std::string_view> elements;
    Scanner scanner(array);
    if (!scanner.take('['))
        return std::nullopt;
    if (scanner.take(']'))
        return elements;
    do {
        const auto value = scanner.value();
        if (!value)
            return std::nullopt;
        elements.push_back(*value);
    } while (scanner.take(','));
    return scanner.take(']') ? std::optional(std::move(elements)) : std::nullopt;
}

std::string error_in(std::string_view body)
{
    if (const auto members = members_of(body))
        for (const auto& [key, value] : *members)
            if (key == R"("error")")
                return R"({"error":)" + std::string(value) + '}';
    return "null";
}

/// One part of the answer; nothing where it is cut off.
std::optional<std::string> without_successful_body(std::string_view part)
{
    const auto members = members_of(part);
    if (!members)
        return std::nullopt;
    std::string out = "{";
    for (const auto& [key, value] : *members) {
        if (out.size() > 1)
            out += ',';
        out.append(key).append(":");
        if (key == R"("body")")
            out += error_in(value);
        else
            out += value;
    }
    return out += '}';
}

} // namespace

std::string without_successful_bodies(std::string_view answer)
{
    const auto members = members_of(answer);
    if (!members)
        return {};
    for (const auto& [name, responses] : *members) {
        if (name != R"("responses")")
            continue;
        const auto parts = elements_of(responses);
        if (!parts)
            return {};
        std::string out = R"({"responses":[)";
        for (std::size_t i = 0; i < parts->size(); ++i) {
            const auto part = without_successful_body((*parts)[i]);
            if (!part)
                return {};
            out.append(i ? "," : "").append(*part);
        }
        return out += "]}";
    }
    return {};
}

} // namespace crmsync::graph
