#pragma once

#include "model/body.hpp"
#include "settings/settings.hpp"

#include <string_view>

namespace crmsync::sync {

/// Why an attachment is not stored, or nothing when its contents are to be fetched. The reasons are
/// the words of crm.attachment.reason: inline, item, reference, type, size.
std::string_view skip_reason(const AttachmentHead& attachment, const Settings::Attachments& policy);

/// The ending of a file name, folded, without the dot: "Offer.PDF" is "pdf"; empty without one.
/// Trailing dots and blanks do not hide an ending, as they would not on the reader's machine.
std::string file_type(std::string_view written);

} // namespace crmsync::sync
