#pragma once

#include "model/body.hpp"
#include "settings/settings.hpp"

#include <string_view>

namespace crmsync::sync {

/// Why an attachment is not stored, or nothing when its contents are to be fetched. The reasons are
/// words of crm.attachment.reason: inline, item, reference, malware, type, size. The ending of the
/// name decides what type a file is, as it does on the reader's machine; a content type that stands
/// for a blocked one blocks as well, and allows nothing.
std::string_view skip_reason(const AttachmentHead& attachment, const Settings::Attachments& policy);

/// The ending of a file name, folded, without the dot: "Offer.PDF" is "pdf"; empty without one.
/// Dots, blanks, quotes and characters that are not seen do not hide an ending behind them, as they
/// would not on the reader's machine.
std::string file_type(std::string_view written);

} // namespace crmsync::sync
