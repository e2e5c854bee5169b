#include "co_await_rule.hpp"

#include <algorithm>
#include <initializer_list>

namespace crmsync::lint {
namespace {

bool one_of(std::string_view text, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), text) != words.end();
}

/// What has been seen of one statement.
struct Statement {
    std::size_t first = 0; ///< index of its first token
    int depth = 0;         ///< open brackets and initialiser braces
    int line_of_await = 0;
    bool brace = false;
    bool question = false;
    bool lambda = false;
    int lambda_waits_at = -1; ///< a lambda's introducer was read at this depth; its body comes
    bool declares_type = false;
    bool had_brackets = false; ///< a (…) at depth 0 is closed
};

/// Walks the tokens statement by statement; blocks and bodies of lambdas by recursion.
class Walk {
public:
    Walk(const std::string& file, const std::vector<Token>& tokens) : file_(file), tokens_(tokens)
    {}

    std::vector<Finding> run()
    {
        // A stray closing brace would end the outermost block early; the rest is still looked at.
        while (at_ < tokens_.size()) {
            block();
            ++at_;
        }
        return std::move(findings_);
    }

private:
    std::string_view text(std::size_t i) const
    {
        return i < tokens_.size() ? tokens_[i].text : std::string_view();
    }

    /// Statements up to the closing brace, which is left to the caller.
    void block()
    {
        while (at_ < tokens_.size() && text(at_) != "}")
            statement();
    }

    /// From behind an opening brace to behind its closing one.
    void braced_block()
    {
        block();
        ++at_;
    }

    void statement()
    {
        Statement s;
        s.first = at_;
        while (at_ < tokens_.size()) {
            const std::string_view token = text(at_);
            if (s.depth == 0 && token == "}")
                break; // the end of the block around, or of broken source
            ++at_;
            if (take(s, token))
                break;
        }
        judge(s);
    }

    /// Takes one token in; true at the end of the statement.
    bool take(Statement& s, std::string_view token)
    {
        const std::size_t index = at_ - 1;
        if (token == "co_await" && s.line_of_await == 0)
            s.line_of_await = tokens_[index].line;
        s.question = s.question || token == "?";
        s.declares_type =
            s.declares_type ||
            (s.depth == 0 && one_of(token, {"namespace", "struct", "class", "union", "enum"}));

        if (token == "[" && introduces_lambda(index)) {
            s.lambda = true;
            s.lambda_waits_at = s.depth;
        }
        if (token == "(" || token == "[") {
            ++s.depth;
            return false;
        }
        if (token == ")" || token == "]" || token == "}") {
            --s.depth;
            if (token != ")" || s.depth != 0)
                return false;
            s.had_brackets = true;
            return is_control(s); // the head ends here; what it governs is another statement
        }
        if (token == "{")
            return opened(s, index);
        if (s.depth > 0)
            return false;
        if (token == ";" || (one_of(token, {"else", "do", "try"}) && index == s.first))
            return true;
        return token == ":" && one_of(text(s.first), {"case", "default", "public", "private"});
    }

    /// An opening brace: a lambda's body, a block, or an initialiser.
    bool opened(Statement& s, std::size_t index)
    {
        if (s.lambda_waits_at == s.depth) {
            s.lambda_waits_at = -1;
            braced_block();
            return false;
        }
        if (s.depth == 0 && begins_block(s, index)) {
            braced_block();
            return true;
        }
        s.brace = true;
        ++s.depth;
        return false;
    }

    bool begins_block(const Statement& s, std::size_t index) const
    {
        if (index == s.first || s.declares_type)
            return true;
        const std::string_view before = text(index - 1);
        if (one_of(before, {")", "}", "const", "noexcept", "override", "final", "\"\""}))
            return true;
        // A trailing return type: "auto f(int a) -> awaitable<void> {".
        return s.had_brackets && s.line_of_await == 0 && arrow_since(s.first, index);
    }

    bool arrow_since(std::size_t first, std::size_t last) const
    {
        for (std::size_t i = last; i-- > first;) {
            if (one_of(text(i), {"=", "return", "co_return"}))
                return false;
            if (text(i) == "->")
                return i > 0 && one_of(text(i - 1), {")", "const", "noexcept"});
        }
        return false;
    }

    bool is_control(const Statement& s) const
    {
        return one_of(text(s.first), {"if", "for", "while", "switch", "catch"});
    }

    /// Not a subscript, not a structured binding.
    bool introduces_lambda(std::size_t index) const
    {
        if (index == 0)
            return true;
        const Token& before = tokens_[index - 1];
        if (one_of(before.text, {"return", "co_return", "co_await", "co_yield"}))
            return true;
        if (one_of(before.text, {"&", "&&"}) && index >= 2 && text(index - 2) == "auto")
            return false;
        return !is_word(before) && !one_of(before.text, {")", "]", "\"\"", ">"});
    }

    void judge(const Statement& s)
    {
        if (s.line_of_await == 0)
            return;
        const char* what = s.lambda ? "a lambda" : s.question ? "'?:'" : s.brace ? "'{'" : nullptr;
        if (what)
            findings_.push_back({file_, s.line_of_await,
                                 std::string("co_await in one statement with ") + what +
                                     "; name the value above, then move it"});
    }

    const std::string& file_;
    const std::vector<Token>& tokens_;
    std::size_t at_ = 0;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> check_co_await(const std::string& file, std::string_view source)
{
    const std::vector<Token> tokens = tokens_of(source);
    return Walk(file, tokens).run();
}

} // namespace crmsync::lint
