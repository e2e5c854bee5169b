#include "sync/attachment_policy.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace crmsync::sync {
namespace {

bool lists(const std::vector<std::string>& types, const std::string& type)
{
    return std::any_of(types.begin(), types.end(), [&](const std::string& listed) {
        std::string_view bare = listed;
        if (bare.starts_with('.'))
            bare.remove_prefix(1);
        return fold(bare) == type;
    });
}

} // namespace

std::string file_type(std::string_view written)
{
    const std::string seen = without_unseen(written);
    std::string_view name = seen;
    while (!name.empty() && (name.back() == '.' || name.back() == ' '))
        name.remove_suffix(1);
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos)
        return {};
    return fold(name.substr(dot + 1));
}

std::string_view skip_reason(const AttachmentHead& attachment, const Settings::Attachments& policy)
{
    if (attachment.is_inline)
        return "inline";
    if (attachment.kind == AttachmentKind::item)
        return "item";
    if (attachment.kind == AttachmentKind::reference)
        return "reference";
    const std::string type = file_type(attachment.name);
    if (lists(policy.blocked_types, type))
        return "type";
    if (!policy.allowed_types.empty() && !lists(policy.allowed_types, type))
        return "type";
    if (attachment.size > policy.max_bytes)
        return "size";
    return {};
}

} // namespace crmsync::sync
