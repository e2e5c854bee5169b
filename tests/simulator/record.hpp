#pragma once

#include "base/timestamp.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace crmsync::sim {

/// One request, or one part of a batch: who asked for what of which item, and how it ended. What
/// was asked for is noted whether it was given or not; a batch that was refused as a whole has its
/// parts here too, with its status, and one whose connection was dropped with status 0. Tests
/// prove by it that no body, attachment or MIME text was asked for without cause.
struct RecordEntry {
    Timestamp at;
    std::uint64_t number = 0;
    std::uint64_t batch = 0; ///< the number of the batch this is a part of, or 0
    std::string part;        ///< its id there
    std::string operation;   ///< "messages.delta", "message.get", "attachment.value", "batch", …
    std::string mailbox;     ///< its id
    std::string method;
    std::string target;
    std::string item; ///< the immutable id, where the request is about one message, even a gone one
    std::string version;    ///< its change key at that moment; empty when it is gone
    std::string attachment; ///< its name
    std::string select;     ///< as asked
    std::string prefer, if_match;
    bool body = false;        ///< body or uniqueBody, asked for by name or by default
    bool preview = false;     ///< bodyPreview
    bool attachments = false; ///< names and sizes of attachments
    bool contents = false;    ///< bytes of attachments
    bool mime = false;
    bool internet_headers = false;
    int status = 0;
    std::string code; ///< of an error
};

class Record {
public:
    /// The number of a request that begins now; its entry is added when it was answered.
    std::uint64_t next_number() { return ++last_; }
    void add(RecordEntry entry) { entries_.push_back(std::move(entry)); }
    const std::vector<RecordEntry>& entries() const { return entries_; }
    void clear() { entries_.clear(); }

private:
    std::uint64_t last_ = 0;
    std::vector<RecordEntry> entries_;
};

} // namespace crmsync::sim
