#pragma once

#include <string>
#include <string_view>

namespace crmsync::settings {

/// What is wrong with a provider's address, as "expected …"; empty when it is a host root that may
/// be used: https, or http for a loopback address.
std::string wrong_with_url(std::string_view url);

/// The same for "127.0.0.1:8480" or "[::1]:8480".
std::string wrong_with_listen(std::string_view listen);

/// Without slashes at the end.
std::string without_slash(std::string url);

} // namespace crmsync::settings
