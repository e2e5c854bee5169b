#include "sync/attachment_policy.hpp"

#include "base/text.hpp"
#include "connector/connector.hpp"
#include "sync/scanner_placeholder.hpp"

#include <algorithm>
#include <utility>

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

/// What a program is declared as, whatever its file is called. Only what is run where it is opened.
constexpr std::pair<std::string_view, std::string_view> declared[] = {
    {"application/exe", "exe"},
    {"application/vnd.microsoft.portable-executable", "exe"},
    {"application/x-dosexec", "exe"},
    {"application/x-exe", "exe"},
    {"application/x-msdos-program", "exe"},
    {"application/x-msdownload", "exe"},
    {"application/ecmascript", "js"},
    {"application/javascript", "js"},
    {"application/x-javascript", "js"},
    {"text/ecmascript", "js"},
    {"text/javascript", "js"},
    {"text/x-javascript", "js"},
    {"application/bat", "bat"},
    {"application/x-bat", "bat"},
    {"application/x-msi", "msi"},
    {"text/vbscript", "vbs"},
    {"application/x-sh", "sh"},
    {"application/java-archive", "jar"},
    {"application/hta", "hta"}};

/// The ending that the content type stands for, without its parameters.
std::string_view declared_type(std::string_view content_type)
{
    const std::string bare = fold(trim(content_type.substr(0, content_type.find(';'))));
    for (const auto& [type, ending] : declared)
        if (bare == type)
            return ending;
    return {};
}

} // namespace

std::string file_type(std::string_view written)
{
    const std::string seen = without_unseen(written);
    constexpr std::string_view dropped = ".\"';/\\";
    std::string_view name = without_blank_end(seen);
    while (!name.empty() && dropped.find(name.back()) != std::string_view::npos) {
        name.remove_suffix(1);
        name = without_blank_end(name);
    }
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos)
        return {};
    // Behind a colon Windows reads the name of a stream: "a.exe::$DATA" is a.exe.
    name.remove_prefix(dot + 1);
    return fold(without_blank_end(name.substr(0, name.find(':'))));
}

std::string_view skip_reason(const AttachmentHead& attachment, const Settings::Attachments& policy)
{
    if (attachment.is_inline)
        return "inline";
    if (attachment.kind == AttachmentKind::item)
        return "item";
    if (attachment.kind == AttachmentKind::reference)
        return "reference";
    if (is_malware_note(attachment))
        return "malware";
    const std::string type = file_type(attachment.name);
    if (lists(policy.blocked_types, type))
        return "type";
    const std::string_view content = declared_type(attachment.content_type);
    if (!content.empty() && lists(policy.blocked_types, std::string(content)))
        return "type";
    if (!policy.allowed_types.empty() && !lists(policy.allowed_types, type))
        return "type";
    // What may just fit is measured once it is there.
    if (attachment.size > policy.max_bytes + stored_overhead)
        return "size";
    return {};
}

} // namespace crmsync::sync
