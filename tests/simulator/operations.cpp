#include "simulator/operations.hpp"

#include "base/text.hpp"
#include "simulator/request.hpp"
#include "simulator/token.hpp"

#include <algorithm>

namespace crmsync::sim {

namespace {

constexpr std::uint32_t directory = user_read | user_basic;
constexpr std::uint32_t headers = mail_basic | mail_read | mail_write;
constexpr std::uint32_t contents = mail_read | mail_write;
constexpr std::uint32_t settings = settings_read | settings_write;

/// Words stand before stars: "delta" is no message's id.
constexpr Operation operations[] = {
    {"users.list", "GET", "users", directory},
    {"user.get", "GET", "users/*", directory},
    {"mailboxSettings.get", "GET", "users/*/mailboxSettings", settings},
    {"mail.send", "POST", "users/*/sendMail", mail_send},
    {"ids.translate", "POST", "users/*/translateExchangeIds", directory | headers},

    {"categories.get", "GET", "users/*/outlook/masterCategories", settings},
    {"categories.post", "POST", "users/*/outlook/masterCategories", settings_write},
    {"categories.get", "GET", "users/*/outlook/masterCategories/*", settings},
    {"categories.patch", "PATCH", "users/*/outlook/masterCategories/*", settings_write},
    {"categories.delete", "DELETE", "users/*/outlook/masterCategories/*", settings_write},

    {"folders.list", "GET", "users/*/mailFolders", headers},
    {"folder.create", "POST", "users/*/mailFolders", mail_write},
    {"folders.delta", "GET", "users/*/mailFolders/delta", headers},
    {"folder.get", "GET", "users/*/mailFolders/*", headers},
    {"folder.rename", "PATCH", "users/*/mailFolders/*", mail_write},
    {"folder.delete", "DELETE", "users/*/mailFolders/*", mail_write},
    {"folder.move", "POST", "users/*/mailFolders/*/move", mail_write},
    {"folders.list", "GET", "users/*/mailFolders/*/childFolders", headers},
    {"folder.create", "POST", "users/*/mailFolders/*/childFolders", mail_write},
    {"messages.list", "GET", "users/*/mailFolders/*/messages", headers},
    {"draft.create", "POST", "users/*/mailFolders/*/messages", mail_write},
    {"messages.delta", "GET", "users/*/mailFolders/*/messages/delta", headers},

    {"messages.list", "GET", "users/*/messages", headers},
    {"draft.create", "POST", "users/*/messages", mail_write},
    {"messages.delta", "GET", "users/*/messages/delta", headers},
    {"message.get", "GET", "users/*/messages/*", headers},
    {"message.patch", "PATCH", "users/*/messages/*", mail_write},
    {"message.delete", "DELETE", "users/*/messages/*", mail_write},
    {"message.mime", "GET", "users/*/messages/*/$value", contents},
    {"message.move", "POST", "users/*/messages/*/move", mail_write},
    {"message.copy", "POST", "users/*/messages/*/copy", mail_write},
    {"message.permanentDelete", "POST", "users/*/messages/*/permanentDelete", mail_write},
    {"message.send", "POST", "users/*/messages/*/send", mail_send},
    {"message.reply", "POST", "users/*/messages/*/reply", mail_send},
    {"message.replyAll", "POST", "users/*/messages/*/replyAll", mail_send},
    {"message.forward", "POST", "users/*/messages/*/forward", mail_send},
    {"message.createReply", "POST", "users/*/messages/*/createReply", mail_write},
    {"message.createReplyAll", "POST", "users/*/messages/*/createReplyAll", mail_write},
    {"message.createForward", "POST", "users/*/messages/*/createForward", mail_write},
    {"attachments.list", "GET", "users/*/messages/*/attachments", contents},
    {"attachment.create", "POST", "users/*/messages/*/attachments", mail_write},
    {"attachment.get", "GET", "users/*/messages/*/attachments/*", contents},
    {"attachment.delete", "DELETE", "users/*/messages/*/attachments/*", mail_write},
    {"attachment.value", "GET", "users/*/messages/*/attachments/*/$value", contents},
};

/// A path names a folder below others, and a message of a folder, as if they stood alone.
std::vector<std::string_view> plain(const std::vector<std::string>& path)
{
    std::vector<std::string_view> words(path.begin(), path.end());
    const auto is = [&](std::size_t at, std::string_view word) {
        return at < words.size() && same_name(words[at], word);
    };
    while (is(2, "mailFolders") && is(4, "childFolders") && words.size() > 5)
        words.erase(words.begin() + 3, words.begin() + 5);
    if (is(2, "mailFolders") && is(4, "messages") && words.size() > 5 && !is(5, "delta"))
        words.erase(words.begin() + 2, words.begin() + 4);
    return words;
}

bool fits(std::string_view pattern, const std::vector<std::string_view>& words)
{
    const auto parts = split(pattern, '/');
    return parts.size() == words.size() &&
           std::equal(parts.begin(), parts.end(), words.begin(),
                      [](std::string_view part, std::string_view word) {
                          return part == "*" ? !word.empty() : same_name(part, word);
                      });
}

/// The path of the table that words name: the first that fits.
std::string_view path_of(const std::vector<std::string_view>& words)
{
    const auto* const found =
        std::find_if(std::begin(operations), std::end(operations),
                     [&](const Operation& one) { return fits(one.path, words); });
    return found == std::end(operations) ? std::string_view{} : found->path;
}

} // namespace

const Operation* operation_of(std::string_view method, const std::vector<std::string>& path)
{
    const std::string_view wanted = path_of(plain(path));
    const auto* const found =
        std::find_if(std::begin(operations), std::end(operations), [&](const Operation& one) {
            return one.path == wanted && one.method == method;
        });
    return found == std::end(operations) ? nullptr : found;
}

std::string methods_of(const std::vector<std::string>& path)
{
    const std::string_view wanted = path_of(plain(path));
    std::string methods;
    for (const Operation& one : operations)
        if (one.path == wanted)
            methods += (methods.empty() ? "" : ", ") + std::string(one.method);
    return methods;
}

std::string_view message_in(const std::vector<std::string>& path)
{
    const auto words = plain(path);
    const bool named =
        words.size() > 3 && same_name(words[2], "messages") && !same_name(words[3], "delta");
    return named ? words[3] : std::string_view{};
}

} // namespace crmsync::sim
