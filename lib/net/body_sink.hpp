#pragma once

#include <string_view>

namespace crmsync::net {

/// Takes the body of a successful answer as it arrives, so that it is never held as a whole. What
/// it throws ends the request and is thrown by HttpClient::send.
class BodySink {
public:
    virtual ~BodySink() = default;
    /// Before each try: what came of one that was cut off does not count.
    virtual void begin() = 0;
    virtual void take(std::string_view bytes) = 0;
};

} // namespace crmsync::net
