#pragma once

#include "net/body_sink.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::net {

enum class Method { get, post, patch, put, delete_ };
std::string_view to_string(Method);

struct Header {
    std::string name;
    std::string value;
};
using Headers = std::vector<Header>;

/// The value of a header, names compared without case; empty if there is none.
std::string_view find(const Headers& headers, std::string_view name);

struct Request {
    Method method = Method::get;
    std::string url;
    Headers headers;
    std::string body;
    std::chrono::milliseconds deadline{60'000};
    std::size_t max_body = 64u << 20; ///< a longer answer fails as net.answer_too_large
    std::shared_ptr<BodySink> sink{}; ///< takes the body of a success; max_body bounds it too
    bool drop_body = false;           ///< the answer's body is thrown away unread as it arrives
};

struct Response {
    int status = 0;
    Headers headers;
    std::string body;
};

} // namespace crmsync::net
