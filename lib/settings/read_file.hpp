#pragma once

#include <string>

namespace crmsync::settings {

struct FileText {
    std::string text;
    std::string error; ///< for people: "No such file or directory"; empty when it was read
};

/// A whole file of at most `longest` bytes.
FileText read_file(const std::string& path, std::size_t longest);

} // namespace crmsync::settings
