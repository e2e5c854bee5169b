#include "connector/graph/graph_urls.hpp"

#include "net/url.hpp"

#include <fmt/format.h>

namespace crmsync::graph {

namespace {

constexpr std::string_view version = "/v1.0";

constexpr std::string_view phase1_properties =
    "id,changeKey,parentFolderId,conversationId,conversationIndex,subject,from,sender,replyTo,"
    "toRecipients,ccRecipients,bccRecipients,internetMessageId,sentDateTime,receivedDateTime,"
    "createdDateTime,lastModifiedDateTime,categories,isDraft,hasAttachments";

// In-Reply-To, References, sensitivity, message class, size. Spaces encoded, else as documented.
constexpr std::string_view phase1_expansion =
    "singleValueExtendedProperties($filter=id%20eq%20'String%200x1042'%20or%20"
    "id%20eq%20'String%200x1039'%20or%20id%20eq%20'Integer%200x36'%20or%20"
    "id%20eq%20'String%200x1A'%20or%20id%20eq%20'Integer%200xE08')";

} // namespace

std::string phase1_query(bool with_headers)
{
    return fmt::format("$select={}{}&$expand={}", phase1_properties,
                       with_headers ? ",internetMessageHeaders" : "", phase1_expansion);
}

std::string path_segment(std::string_view text)
{
    std::string segment;
    for (std::size_t start = 0; start < text.size();) {
        // "@" and "=" are part of nearly every address and id, and allowed in a path.
        const std::size_t plain = std::min(text.find_first_of("@=", start), text.size());
        segment += net::percent_encode(text.substr(start, plain - start));
        if (plain < text.size())
            segment += text[plain];
        start = plain + 1;
    }
    return segment;
}

Urls::Urls(std::string graph_url, std::string_view mailbox)
    : root_(std::move(graph_url)), origin_(root_), user_("/users/" + path_segment(mailbox))
{
    while (root_.ends_with('/'))
        root_.pop_back();
}

std::string Urls::url(std::string_view path) const
{
    return fmt::format("{}{}{}", root_, version, path);
}

std::string Urls::folder_delta() const
{
    return user_ + "/mailFolders/delta?$select=id,displayName,parentFolderId";
}

std::string Urls::item_count(const FolderId& folder) const
{
    return fmt::format("{}/mailFolders/{}?$select=totalItemCount", user_,
                       path_segment(folder.value));
}

std::string Urls::message_delta(const FolderId& folder, bool newest_first) const
{
    // No filter: with one, later changes of older messages would not be told (G-92, G-93).
    return fmt::format("{}/mailFolders/{}/messages/delta?{}{}", user_, path_segment(folder.value),
                       phase1_query(), newest_first ? "&$orderby=receivedDateTime%20desc" : "");
}

std::string Urls::well_known_folder(WellKnown name) const
{
    return fmt::format("{}/mailFolders/{}?$select=id", user_, to_string(name));
}

std::string Urls::message(std::string_view id, std::string_view query) const
{
    return fmt::format("{}/messages/{}{}{}", user_, path_segment(id), query.empty() ? "" : "?",
                       query);
}

std::string Urls::messages(std::string_view query) const
{
    return fmt::format("{}/messages?{}", user_, query);
}

std::string Urls::attachments(std::string_view message_id) const
{
    return fmt::format("{}/messages/{}/attachments?$select=id,name,contentType,size,isInline",
                       user_, path_segment(message_id));
}

std::string Urls::attachment_value(std::string_view message_id, std::string_view id) const
{
    return fmt::format("{}/messages/{}/attachments/{}/$value", user_, path_segment(message_id),
                       path_segment(id));
}

std::string Urls::master_categories() const { return user_ + "/outlook/masterCategories"; }

std::string Urls::language() const { return user_ + "/mailboxSettings?$select=language"; }

std::string Urls::master_category(std::string_view id) const
{
    return fmt::format("{}/outlook/masterCategories/{}", user_, path_segment(id));
}

std::string Urls::marked_folder() const { return user_ + "/mailFolders/inbox"; }

std::string Urls::marked_folder_with_mark() const
{
    return fmt::format(
        "{}?$select=id&$expand=singleValueExtendedProperties($filter=id%20eq%20'{}')",
        marked_folder(), net::percent_encode(mark_property));
}

std::string Urls::account(std::string_view object_id) const
{
    return fmt::format("{}?$select=id,mail,userPrincipalName",
                       object_id.empty() ? user_ : "/users/" + path_segment(object_id));
}

bool Urls::is_ours(std::string_view link) const { return origin_.is_of(link); }

std::optional<std::string> Urls::path_of(std::string_view link) const
{
    if (!is_ours(link))
        return std::nullopt;
    const std::size_t host = link.find("//");
    const std::size_t path = host == link.npos ? link.npos : link.find('/', host + 2);
    if (path == link.npos)
        return std::nullopt;
    link.remove_prefix(path);
    if (!link.starts_with(version) || !link.substr(version.size()).starts_with('/'))
        return std::nullopt;
    return std::string(link.substr(version.size()));
}

} // namespace crmsync::graph
