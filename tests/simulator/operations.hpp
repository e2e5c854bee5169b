#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::sim {

/// Something that can be asked of the Graph face: a method and a path.
struct Operation {
    std::string_view name; ///< "message.get", as the record calls it
    std::string_view method;
    std::string_view path;   ///< "users/*/messages/*"; a star is an id
    std::uint32_t roles = 0; ///< any one of them will do (G-30)
};

/// The operation of a method and a path's words, or nothing.
const Operation* operation_of(std::string_view method, const std::vector<std::string>& path);
/// The methods that a path knows: "GET, POST", for the header Allow. Empty: there is no such path.
std::string methods_of(const std::vector<std::string>& path);
/// The word of the path that names a message, or nothing.
std::string_view message_in(const std::vector<std::string>& path);

} // namespace crmsync::sim
