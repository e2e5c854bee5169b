#pragma once

#include "base/timestamp.hpp"
#include "model/ids.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

struct ShownParty {
    std::string role;
    std::string address;
    std::string name;
    std::optional<RecordId> record;
    std::optional<std::string> record_name;
    std::string resolution;
    bool is_list = false;
};

struct ShownConnection {
    RecordId record;
    std::string record_name;
    std::string role;
};

struct ShownAttachment {
    std::string name;
    std::string content_type;
    std::int64_t size = 0;
    std::string status;
    std::optional<std::string> reason;
    std::optional<std::string> sha256_hex;
};

struct ShownLink {
    MailboxId mailbox_id;
    std::string mailbox; ///< its address
    std::string item_id;
    std::string tracked_by;
    std::string rule;
    Timestamp tracked_at{};
    bool gone = false;
};

/// One activity with all that belongs to it, for people.
struct ShownActivity {
    ActivityId id;
    std::string kind;
    std::string direction;
    std::string subject;
    std::string body;
    std::string body_type;
    bool body_truncated = false;
    std::int64_t body_bytes = 0;
    Timestamp occurred_at{};
    std::optional<std::string> message_id;
    std::optional<RecordId> regarding;
    std::optional<std::string> regarding_name;
    bool regarding_by_person = false;
    std::optional<RecordId> owner;
    std::optional<std::string> owner_name;
    std::string visibility;
    std::string fields_json; ///< an object
    Timestamp created_at{};
    Timestamp updated_at{};
    std::optional<Timestamp> deleted_at;
    std::vector<ShownParty> parties;
    std::vector<ShownConnection> connections;
    std::vector<ShownAttachment> attachments;
    std::vector<ShownLink> links;
};

/// store.activity, to be read.
class Activities {
public:
    explicit Activities(pg::Pool& pool) : pool_(pool) {}

    boost::asio::awaitable<std::optional<ShownActivity>> show(ActivityId id);

    /// Several where the Message-ID was used for different messages; tombstones last.
    boost::asio::awaitable<std::vector<ActivityId>> by_message_id(std::string message_id);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
