#include "base/metrics.hpp"
#include "conformance/stage.hpp"
#include "connector/graph/graph_connector.hpp"
#include "simulator/script.hpp"
#include "simulator/server.hpp"
#include "support/doubts.hpp"
#include "support/test_certificate.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>

namespace crmsync::test {

namespace {

/// A server's certificate and its key, in files for as long as somebody may read them.
class CertificateFiles {
public:
    CertificateFiles()
    {
        std::string name = (std::filesystem::temp_directory_path() / "crmsync-tls-XXXXXX").string();
        if (!mkdtemp(name.data()))
            throw std::system_error(errno, std::generic_category(), name);
        folder_ = name;
        const TestCertificate made = make_test_certificate();
        std::ofstream(certificate()) << made.certificate_pem;
        std::ofstream(key()) << made.key_pem;
    }
    ~CertificateFiles() { std::filesystem::remove_all(folder_); }
    CertificateFiles(const CertificateFiles&) = delete;
    CertificateFiles& operator=(const CertificateFiles&) = delete;

    std::string certificate() const { return folder_ / "certificate.pem"; }
    std::string key() const { return folder_ / "key.pem"; }

private:
    std::filesystem::path folder_;
};

class GraphStage final : public Stage {
public:
    explicit GraphStage(std::unique_ptr<CertificateFiles> tls = nullptr)
        : tls_(std::move(tls)), world_(clock_), server_(context_, world_, server_options()),
          http_(context_.get_executor(), metrics_, http_options()),
          token_(http_, clock_, token_request()),
          connector_(http_, token_, clock_, metrics_, server_.url(), mailbox, std::string(address)),
          of_nobody_(http_, token_, clock_, metrics_, server_.url(), mailbox,
                     "nobody@contoso.example")
    {
        turn_on_doubts(switches());
        sim::MailboxSpec spec;
        spec.upn = address;
        spec.display_name = "Kim";
        spec.language = "de-DE";
        script().create_mailbox(spec);
        // Answers of the simulator take no time of ours; while one is on its way the clock stands.
        clock_.count_operations([this] { return http_.running(); });
    }

    Connector& connector() override { return connector_; }
    Connector& connector_of_nobody() override { return of_nobody_; }

    std::string put(const Letter& letter, std::string_view folder) override
    {
        sim::Mail mail;
        mail.from = mail.sender = sim::Address{"", letter.from};
        for (const std::string& to : letter.to)
            mail.to.push_back({"", to});
        mail.subject = letter.subject;
        mail.body = letter.body;
        mail.message_id = letter.message_id;
        mail.in_reply_to = letter.in_reply_to;
        mail.categories = letter.categories;
        mail.headers = letter.headers;
        mail.sensitivity = static_cast<std::uint8_t>(letter.sensitivity);
        for (const Letter::File& file : letter.files) {
            sim::Attachment attachment;
            attachment.number = static_cast<std::uint32_t>(mail.attachments.size() + 1);
            attachment.name = file.name;
            attachment.content_type = "application/octet-stream";
            attachment.content = std::make_shared<const std::string>(file.bytes);
            attachment.broken = file.broken;
            mail.attachments.push_back(std::move(attachment));
        }
        return script().put(address, folder, mail).id;
    }

    void move(const std::string& id, std::string_view folder) override
    {
        script().move(address, id, folder);
    }
    void erase(const std::string& id) override { script().remove(address, id, true); }
    void set_categories(const std::string& id, std::vector<std::string> names) override
    {
        script().set_categories(address, id, std::move(names));
    }
    std::vector<std::string> categories(const std::string& id) override
    {
        return script().item(address, id).categories;
    }
    std::vector<std::string> master_categories() override
    {
        std::vector<std::string> names;
        for (const sim::Category& category : script().mailbox(address).categories())
            names.push_back(category.display_name);
        return names;
    }
    std::string folder_id(std::string_view name) override
    {
        return script().folder(address, name).id;
    }
    std::string create_folder(std::string_view name) override
    {
        return script().create_folder(address, "inbox", std::string(name)).id;
    }
    void delete_folder(const std::string& id) override
    {
        sim::Mailbox& box = script().mailbox(address);
        box.delete_folder(*box.find_folder(id));
    }

    void expire_cursors() override { script().expire_cursors(address); }
    void throttle_next(int count, std::chrono::seconds pause) override
    {
        script().throttle_next(count, std::to_string(pause.count()));
    }
    void refuse_token_next(int count) override
    {
        switches().unauthorised_next = static_cast<std::size_t>(count);
    }
    void forget_token() override { server_.graph().tokens.forget_tokens(); }
    void conflict_next(int count) override
    {
        switches().conflict_next = static_cast<std::size_t>(count);
    }
    void be_contrary() override { switches() = sim::Switches::contrary(); }
    void take_away(Permission permission) override
    {
        std::uint32_t& roles = server_.graph().tokens.application().roles;
        if (permission == Permission::read_mail)
            roles &= ~static_cast<std::uint32_t>(sim::mail_read | sim::mail_write);
        if (permission == Permission::write_mail)
            roles &= ~static_cast<std::uint32_t>(sim::mail_write);
        if (permission == Permission::categories)
            roles &= ~static_cast<std::uint32_t>(sim::settings_read | sim::settings_write);
    }
    void fail_fetching(const std::string& id) override
    {
        sim::Fault fault;
        fault.method = "GET";
        fault.path = id + "?$select=id,changeKey,body,hasAttachments&$expand";
        fault.count = -1;
        fault.status = 500;
        fault.code = "ErrorInternalServerError";
        script().fail(fault);
    }
    void damage(const std::string& id) override
    {
        script().item(address, id).raw["ccRecipients"] = "\"everybody\"";
        script().item(address, id).raw["subject"] = "\"half \\ud83d a pair\x03\"";
    }

    int requests() override
    {
        return count([](const sim::RecordEntry& entry) { return entry.batch == 0; });
    }
    int bodies_asked() override
    {
        return count([](const sim::RecordEntry& entry) {
            return entry.body || entry.preview || entry.contents || entry.mime;
        });
    }
    int most_at_once() override
    {
        return static_cast<int>(server_.graph().throttle.of(script().mailbox(address).id()).most);
    }

    int throttled() override
    {
        return count([](const sim::RecordEntry& entry) { return entry.status == 429; });
    }

private:
    sim::ServerOptions server_options() const
    {
        sim::ServerOptions options;
        if (tls_) {
            options.tls_certificate = tls_->certificate();
            options.tls_key = tls_->key();
        }
        return options;
    }
    net::HttpOptions http_options() const
    {
        net::HttpOptions options;
        if (tls_)
            options.ca_file = tls_->certificate();
        return options;
    }
    net::TokenRequest token_request()
    {
        const sim::Application& application = server_.graph().tokens.application();
        net::TokenRequest request;
        request.token_url = server_.url() + "/" + application.tenant + "/oauth2/v2.0/token";
        request.client_id = application.client_id;
        request.client_secret = application.secret;
        request.scope = server_.url() + "/.default";
        return request;
    }
    sim::Script& script() { return server_.script(); }
    sim::Switches& switches() { return server_.graph().switches; }
    template <class Predicate>
    int count(Predicate predicate)
    {
        const auto& entries = server_.graph().record.entries();
        return static_cast<int>(std::count_if(entries.begin(), entries.end(), predicate));
    }

    std::unique_ptr<CertificateFiles> tls_;
    sim::World world_;
    sim::Server server_;
    Metrics metrics_;
    net::HttpClient http_;
    net::OAuthToken token_;
    graph::GraphConnector connector_;
    graph::GraphConnector of_nobody_;
};

} // namespace

const std::vector<ProviderOfStages>& providers()
{
    static const std::vector<ProviderOfStages> all{
        {"graph", [] { return std::make_unique<GraphStage>(); },
         [] { return std::make_unique<GraphStage>(std::make_unique<CertificateFiles>()); }},
    };
    return all;
}

} // namespace crmsync::test
