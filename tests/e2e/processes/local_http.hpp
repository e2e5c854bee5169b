#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace crmsync::test {

struct HttpAnswer {
    int status = 0; ///< 0: nobody answered
    std::string body;
};

/// One request to a program on this machine, within a minute.
HttpAnswer local_http(unsigned short port, std::string_view method, std::string_view target,
                      std::string_view body = {});

/// A POST over TLS to a program whose certificate is of this authority.
HttpAnswer local_https(unsigned short port, const std::filesystem::path& authority,
                       std::string_view target, std::string_view body);

/// A port of 127.0.0.1 that nobody listens on at the moment.
unsigned short free_port();

} // namespace crmsync::test
