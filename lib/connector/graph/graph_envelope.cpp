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

Members members_of(std::string_view object)
{
    Members members;
    Scanner scanner(object);
    if (!scanner.take('{'))
        return members;
    do {
        const auto key = scanner.value();
        if (!key || !scanner.take(':'))
            break;
        const auto value = scanner.value();
        if (!value)
            break;
        members.emplace_back(*key, *value);
    } while (scanner.take(','));
    return members;
}

std::vector<std::string_view> elements_of(std::string_view array)
{
    std::vector<std::string_view> elements;
    Scanner scanner(array);
    if (!scanner.take('['))
        return elements;
    do {
        const auto value = scanner.value();
        if (!value)
            break;
        elements.push_back(*value);
    } while (scanner.take(','));
    return elements;
}

std::string error_in(std::string_view body)
{
    for (const auto& [key, value] : members_of(body))
        if (key == R"("error")")
            return R"({"error":)" + std::string(value) + '}';
    return "null";
}

} // namespace

std::string without_successful_bodies(std::string_view answer)
{
    std::string out = "{";
    for (const auto& [name, responses] : members_of(answer)) {
        if (name != R"("responses")")
            continue;
        out += R"("responses":[)";
        bool first_part = true;
        for (const std::string_view part : elements_of(responses)) {
            out += std::exchange(first_part, false) ? "{" : ",{";
            bool first_member = true;
            for (const auto& [key, value] : members_of(part)) {
                if (!std::exchange(first_member, false))
                    out += ',';
                out.append(key).append(":");
                if (key == R"("body")")
                    out += error_in(value);
                else
                    out += value;
            }
            out += '}';
        }
        out += ']';
        break;
    }
    return out += '}';
}

} // namespace crmsync::graph
