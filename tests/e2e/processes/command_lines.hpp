#pragma once

#include <algorithm>
#include <string>
#include <vector>

// What the tests of commands say about lines and command lines.
namespace crmsync::test {

/// One line, named by the program: what scripts and people read first.
inline bool is_one_line(const std::string& text)
{
    return text.starts_with("crmsync: ") && std::count(text.begin(), text.end(), '\n') == 1 &&
           text.ends_with('\n');
}

inline std::string joined(const std::vector<std::string>& arguments)
{
    std::string all = "crmsync";
    for (const std::string& argument : arguments)
        all += " " + argument;
    return all;
}

} // namespace crmsync::test
