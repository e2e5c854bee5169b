#pragma once

#include "model/ids.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace crmsync {

enum class BodyType { html, text };
enum class AttachmentKind { file, item, reference };

/// What the list of attachments says; contents are fetched one by one.
struct AttachmentHead {
    std::string id;
    std::string name;
    std::string content_type;
    std::int64_t size = 0; ///< stored size, larger than the file (G-155)
    bool is_inline = false;
    AttachmentKind kind = AttachmentKind::file;
};

/// Phase 2 of an accepted item, with the version it was read at.
struct FetchedBody {
    ItemKey key;
    Version version;
    BodyType type = BodyType::html;
    std::string body;
    std::vector<AttachmentHead> attachments;
};

} // namespace crmsync
