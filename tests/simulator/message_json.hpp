#pragma once

#include "simulator/mailbox.hpp"
#include "simulator/odata_query.hpp"

#include <string>

namespace crmsync::sim {

/// How one request wants to see messages.
struct MessageView {
    const Mailbox& mailbox;
    bool immutable_ids = false;
    bool text_body = false;
    std::uint64_t properties = default_message_properties;
    const std::vector<PropertyWanted>* extended = nullptr;
    const AttachmentSelect* attachments = nullptr;
    bool typed = false;          ///< with @odata.type, as in delta
    bool lower_case_ids = false; ///< property ids come back in another spelling than asked
    bool reverse_categories = false;
    std::string_view context; ///< @odata.context of a single message
};

void append_message(std::string& out, const Item& item, const MessageView& view);
void append_etag(std::string& out, const Mailbox& mailbox, const Item& item);
std::string etag(const Mailbox& mailbox, const Item& item);
std::string message_id(const Mailbox& mailbox, const Item& item, bool immutable);

/// `of` is the id of the message as this request sees it.
void append_attachment(std::string& out, const Mailbox& mailbox, const Attachment& attachment,
                       std::string_view of, const AttachmentSelect& select,
                       std::string_view context = {});

/// RFC 5322 text of a message, attachments included.
std::string mime_of(const Item& item);
/// The headers a received message shows, in the order of its MIME form.
Headers internet_headers(const Item& item);

} // namespace crmsync::sim
