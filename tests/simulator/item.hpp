#pragma once

#include "base/timestamp.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crmsync::sim {

struct Address {
    std::string name;
    std::string address;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The text of a message. Copies in several mailboxes share it; messages made in bulk have none of
/// their own but a window into a long text of the program.
struct Body {
    std::shared_ptr<const std::string> text;
    std::uint32_t window_offset = 0;
    std::uint32_t window_size = 0;
    bool html = false;

    std::string_view view() const;
};

struct Item;

struct Attachment {
    enum class Kind { file, item, reference };
    Kind kind = Kind::file;
    std::uint32_t number = 0;
    std::string name;
    std::string content_type;
    std::shared_ptr<const std::string> content; ///< a file's bytes
    std::shared_ptr<const Item> item;           ///< an item attachment's message
    bool is_inline = false;
    std::string content_id;
    Timestamp modified;
    bool broken = false; ///< refused for good, as a damaged one (G-156)
};

/// One message of one mailbox.
struct Item {
    std::uint64_t serial = 0;    ///< never changes while the item is in the mailbox
    std::uint32_t folder = 0;    ///< 0 for the message inside an item attachment
    std::uint32_t placement = 0; ///< another one after each move: part of the default id
    std::uint64_t change = 0;    ///< the mailbox's sequence number of the latest change
    std::uint64_t arrived = 0;   ///< ... of the arrival in this folder
    /// Of the item's latest stay in the same folder before this one, or 0: when it began and ended.
    std::uint64_t earlier_arrived = 0;
    std::uint64_t earlier_left = 0;

    std::string subject;
    Body body;
    std::optional<Address> from, sender;
    std::vector<Address> to, cc, bcc, reply_to;
    std::string message_id, in_reply_to, references;
    std::uint64_t conversation = 0;
    std::string conversation_index; ///< bytes
    Timestamp created, modified, received, sent;
    std::vector<std::string> categories;
    std::string importance = "normal";
    std::string flag = "notFlagged";
    std::string inference = "focused";
    std::string message_class = "IPM.Note";
    std::uint8_t sensitivity = 0;
    bool is_read = false;
    bool is_draft = false;
    bool from_me = false; ///< the sender's own copy: no internet headers (G-112)
    bool delivery_receipt = false, read_receipt = false;
    Headers headers; ///< beyond those that follow from the other members
    std::vector<std::pair<std::string, std::string>> extended;
    std::vector<Attachment> attachments;
    /// Property name to JSON text that goes out in its place: old items hold strange things.
    std::map<std::string, std::string> raw;
    /// The latest changes of properties: sequence number and the properties' bits.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> history;

    std::size_t size() const;
    bool has_real_attachments() const;
};

/// What somebody writes: the ingredients of items.
struct Mail {
    std::optional<Address> from, sender;
    std::vector<Address> to, cc, bcc, reply_to;
    std::string subject;
    std::string body;
    bool html = true;
    Headers headers;
    std::vector<std::string> categories;
    std::vector<Attachment> attachments;
    std::string message_id, in_reply_to, references;
    std::optional<Timestamp> sent, received;
    std::string importance = "normal";
    std::string message_class = "IPM.Note";
    std::uint8_t sensitivity = 0;
    bool is_read = false;
    std::vector<std::pair<std::string, std::string>> extended;
    std::map<std::string, std::string> raw;
};

std::string preview_of(const Body& body);
std::string text_of(const Body& body);

} // namespace crmsync::sim
