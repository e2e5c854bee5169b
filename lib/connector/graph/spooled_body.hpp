#pragma once

#include "connector/connector.hpp"
#include "net/body_sink.hpp"

#include <memory>
#include <string>

namespace crmsync::graph {

/// An answer that goes into a file from where it gets long, and is hashed as it arrives. What size
/// was told for it does not matter.
class SpooledBody final : public net::BodySink {
public:
    explicit SpooledBody(std::string directory) : directory_(std::move(directory)) {}

    void begin() override;
    void take(std::string_view bytes) override;

    /// Once, after the answer.
    AttachmentContent content();

private:
    std::string directory_;
    std::string bytes_;
    std::shared_ptr<TemporaryFile> file_;
    Sha256Sum sum_;
};

} // namespace crmsync::graph
