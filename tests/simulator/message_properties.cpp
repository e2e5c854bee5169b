#include "simulator/message_properties.hpp"

#include "simulator/request.hpp"

#include <algorithm>
#include <array>

namespace crmsync::sim {

namespace {

using enum PropertyRow::Writable;

constexpr std::array rows{
    PropertyRow{"id", p_id, never},
    PropertyRow{"createdDateTime", p_created, never},
    PropertyRow{"lastModifiedDateTime", p_modified, never},
    PropertyRow{"changeKey", p_change_key, never},
    PropertyRow{"categories", p_categories, always},
    PropertyRow{"receivedDateTime", p_received, never},
    PropertyRow{"sentDateTime", p_sent, never},
    PropertyRow{"hasAttachments", p_has_attachments, never},
    PropertyRow{"internetMessageId", p_message_id, draft},
    PropertyRow{"subject", p_subject, draft},
    PropertyRow{"bodyPreview", p_preview, never},
    PropertyRow{"importance", p_importance, always},
    PropertyRow{"parentFolderId", p_parent_folder, never},
    PropertyRow{"conversationId", p_conversation_id, never},
    PropertyRow{"conversationIndex", p_conversation_index, never},
    PropertyRow{"isDeliveryReceiptRequested", p_delivery_receipt, always},
    PropertyRow{"isReadReceiptRequested", p_read_receipt, always},
    PropertyRow{"isRead", p_is_read, always},
    PropertyRow{"isDraft", p_is_draft, never},
    PropertyRow{"webLink", p_web_link, never},
    PropertyRow{"inferenceClassification", p_inference, always},
    PropertyRow{"body", p_body, draft},
    PropertyRow{"sender", p_sender, draft},
    PropertyRow{"from", p_from, draft},
    PropertyRow{"toRecipients", p_to, draft},
    PropertyRow{"ccRecipients", p_cc, draft},
    PropertyRow{"bccRecipients", p_bcc, draft},
    PropertyRow{"replyTo", p_reply_to, draft},
    PropertyRow{"flag", p_flag, always},
    PropertyRow{"uniqueBody", p_unique_body, never},
    PropertyRow{"internetMessageHeaders", p_headers, never},
    PropertyRow{"singleValueExtendedProperties", p_extended, always},
    PropertyRow{"multiValueExtendedProperties", p_multi_value, never},
    PropertyRow{"attachments", p_attachments, never},
    PropertyRow{"extensions", p_extensions, never},
};

} // namespace

std::span<const PropertyRow> message_properties() { return rows; }

const PropertyRow* message_property(std::string_view name)
{
    const auto* const found = std::find_if(rows.begin(), rows.end(), [&](const PropertyRow& row) {
        return same_name(row.name, name);
    });
    return found == rows.end() ? nullptr : found;
}

} // namespace crmsync::sim
