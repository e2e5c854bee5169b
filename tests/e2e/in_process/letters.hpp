#pragma once

#include "e2e/in_process/stage.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crmsync::test {

inline constexpr const char* kim = "kim@contoso.example";
inline constexpr const char* lee = "lee@contoso.example";
inline constexpr const char* ann = "ann@adventure.example";

/// A message for the simulator; a test says what matters to it. From ann@adventure.example to
/// kim@contoso.example.
class Letter {
public:
    explicit Letter(std::string subject = "Offer")
    {
        mail_.subject = std::move(subject);
        mail_.body = "<p>Dear all</p>";
        from("ann@adventure.example");
        mail_.to.push_back({"", "kim@contoso.example"});
    }

    Letter& from(std::string address)
    {
        mail_.from = mail_.sender = sim::Address{"", std::move(address)};
        return *this;
    }
    template <class... Addresses>
    Letter& to(Addresses... addresses)
    {
        return fill(mail_.to, {std::string(addresses)...});
    }
    template <class... Addresses>
    Letter& cc(Addresses... addresses)
    {
        return fill(mail_.cc, {std::string(addresses)...});
    }
    template <class... Addresses>
    Letter& bcc(Addresses... addresses)
    {
        return fill(mail_.bcc, {std::string(addresses)...});
    }
    Letter& id(std::string_view name)
    {
        mail_.message_id = "<" + std::string(name) + "@mail.example>";
        return *this;
    }
    Letter& body(std::string text, bool html = true)
    {
        mail_.body = std::move(text);
        mail_.html = html;
        return *this;
    }
    Letter& tagged(std::string category = "CRM Track")
    {
        mail_.categories.push_back(std::move(category));
        return *this;
    }
    Letter& header(std::string name, std::string value)
    {
        mail_.headers.emplace_back(std::move(name), std::move(value));
        return *this;
    }
    Letter& sensitivity(int value)
    {
        mail_.sensitivity = static_cast<std::uint8_t>(value);
        return *this;
    }
    Letter& in_reply_to(std::string_view name)
    {
        mail_.in_reply_to = "<" + std::string(name) + "@mail.example>";
        mail_.references = mail_.in_reply_to;
        return *this;
    }
    /// Written then, and received when it is put into a mailbox.
    Letter& sent(Timestamp at)
    {
        mail_.sent = at;
        return *this;
    }
    Letter& at(Timestamp sent)
    {
        mail_.sent = sent;
        mail_.received = sent + std::chrono::seconds(2);
        return *this;
    }
    Letter& file(std::string name, std::string bytes, bool is_inline = false)
    {
        sim::Attachment attachment;
        attachment.number = static_cast<std::uint32_t>(mail_.attachments.size() + 1);
        attachment.name = std::move(name);
        attachment.content_type = "application/octet-stream";
        attachment.content = std::make_shared<const std::string>(std::move(bytes));
        attachment.is_inline = is_inline;
        mail_.attachments.push_back(std::move(attachment));
        return *this;
    }

    operator sim::Mail() const { return mail_; }
    sim::Mail& mail() { return mail_; }
    const std::string& from_address() const { return mail_.from->address; }

private:
    Letter& fill(std::vector<sim::Address>& list, std::vector<std::string> addresses)
    {
        list.clear();
        for (std::string& address : addresses)
            list.push_back({"", std::move(address)});
        return *this;
    }
    sim::Mail mail_;
};

} // namespace crmsync::test
