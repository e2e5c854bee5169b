#include "source_text.hpp"

#include <algorithm>
#include <cctype>

namespace crmsync::lint {
namespace {

bool word_sign(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Reader {
public:
    explicit Reader(std::string_view source) : source_(source) {}

    std::vector<Token> read()
    {
        while (at_ < source_.size())
            step();
        return std::move(tokens_);
    }

private:
    bool here(std::string_view text) const { return source_.substr(at_).starts_with(text); }

    void skip_to(std::size_t end)
    {
        end = std::min(end, source_.size());
        line_ +=
            static_cast<int>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(at_),
                                        source_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
        at_ = end;
    }

    /// Past the end of `mark`, looked for from `from`.
    void skip_past(std::string_view mark, std::size_t from)
    {
        const std::size_t found = source_.find(mark, from);
        skip_to(found == std::string_view::npos ? found : found + mark.size());
    }

    void step()
    {
        const char c = source_[at_];
        if (c == '\n')
            fresh_line_ = true;
        if (std::isspace(static_cast<unsigned char>(c)) != 0)
            return skip_to(at_ + 1);
        if (here("//"))
            return skip_to(source_.find('\n', at_));
        if (here("/*"))
            return skip_past("*/", at_ + 2);
        if (c == '#' && fresh_line_)
            return skip_directive();
        fresh_line_ = false;
        if (here("[["))
            return skip_past("]]", at_);
        if (c == '"')
            return quoted('"');
        if (c == '\'')
            return quoted('\'');
        if (word_sign(c))
            return word();
        for (const std::string_view sign : {"::", "->", "&&"})
            if (here(sign))
                return push(sign.size());
        push(1);
    }

    void push(std::size_t length)
    {
        tokens_.push_back({source_.substr(at_, length), line_});
        at_ += length;
    }

    void skip_directive()
    {
        std::size_t end = source_.find('\n', at_);
        while (end != std::string_view::npos && end > 0 && source_[end - 1] == '\\')
            end = source_.find('\n', end + 1);
        skip_to(end);
    }

    void quoted(char mark)
    {
        tokens_.push_back({"\"\"", line_});
        std::size_t end = at_ + 1;
        while (end < source_.size() && source_[end] != mark)
            end += source_[end] == '\\' ? 2 : 1;
        skip_to(end + 1);
    }

    void word()
    {
        std::size_t end = at_;
        const bool number = std::isdigit(static_cast<unsigned char>(source_[at_])) != 0;
        // In a number a quote or a point belongs to it: 60'000, 0.5.
        while (end < source_.size() && (word_sign(source_[end]) ||
                                        (number && (source_[end] == '\'' || source_[end] == '.'))))
            ++end;
        const std::string_view text = source_.substr(at_, end - at_);
        const bool quote = end < source_.size() && source_[end] == '"';
        if (quote && text.ends_with('R') && text.size() <= 3) {
            const std::size_t bracket = source_.find('(', end);
            const std::string close =
                ")" + std::string(source_.substr(end + 1, bracket - end - 1)) + "\"";
            tokens_.push_back({"\"\"", line_});
            return skip_past(close, bracket);
        }
        push(text.size());
    }

    std::string_view source_;
    std::size_t at_ = 0;
    int line_ = 1;
    bool fresh_line_ = true;
    std::vector<Token> tokens_;
};

} // namespace

std::vector<Token> tokens_of(std::string_view source) { return Reader(source).read(); }

bool is_word(const Token& token) { return !token.text.empty() && word_sign(token.text.front()); }

} // namespace crmsync::lint
