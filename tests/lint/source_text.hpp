#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crmsync::lint {

/// Something a rule objects to.
struct Finding {
    std::string file;
    int line = 0;
    std::string message;
};

/// A word, a number, or one sign of C++. Text in quotes is one token, `""`; "[[…]]" is none.
struct Token {
    std::string_view text;
    int line = 0;
};

/// The tokens of a C++ source without comments and preprocessor lines. They point into `source`.
std::vector<Token> tokens_of(std::string_view source);

bool is_word(const Token& token);

} // namespace crmsync::lint
