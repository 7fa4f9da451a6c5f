#include "app/account_command.h"
#include "app/cli.h"

namespace galley::app {

namespace {

AccountCommand command;

CLI::App* add_command(CLI::App& account, Chosen& chosen, const char* name, const char* doc,
                      int (*run)(const AccountCommand&)) {
    return add_remote_command(account, chosen, command, name, doc, run);
}

CLI::Option* add_emails(CLI::App& made, int most) {
    return made.add_option("email", command.emails, "E-mail address, as tokens name it")->required()->expected(1, most);
}

}  // namespace

CLI::Option* declare_remote(CLI::App& made, RemoteOptions& remote) {
    CLI::Option* url = made.add_option("--url", remote.url, "A running server");
    made.add_option("--token-file", remote.token_file, "File with an administrator's token (else GALLEY_TOKEN)");
    made.add_option("--ca-file", remote.ca_file, "PEM file with who signed the server's certificate");
    return url;
}

void add_account(CLI::App& root, Chosen& chosen) {
    command.remote.url = "http://127.0.0.1:8000";
    CLI::App* account = root.add_subcommand("account", "List accounts of a running server, switch them off and on");
    account->require_subcommand(1);
    account->footer(
        "Examples:\n  export GALLEY_TOKEN=$(galley token --sub root@example.org --role admin)\n"
        "  galley account list --off\n  galley account disable eve@example.org mallory@example.org\n"
        "  galley account set ann@example.org --role staff --name 'Ann Lee' --url https://galley.example\n"
        "  galley account list --json | jq -r '.[].email'\n\n"
        "An address without an account may use the service; disable makes it one that is switched off. Exit codes:\n"
        "0 done, 1 refused or not reached, 2 wrong usage.");
    add_command(*account, chosen, "list", "All accounts, by address", account_list)
        ->add_flag("--off", command.off_only, "Only those that are switched off");
    add_emails(*add_command(*account, chosen, "show", "One account", account_show), 1);
    constexpr int kAtOnceMax = 1'000;
    add_emails(*add_command(*account, chosen, "enable", "Switch accounts on", account_enable), kAtOnceMax);
    add_emails(
        *add_command(*account, chosen, "disable", "Switch accounts off: from the next request on", account_disable),
        kAtOnceMax);
    CLI::App* set = add_command(*account, chosen, "set", "Create an account or change its role and name", account_set);
    add_emails(*set, 1);
    set->add_option("--role", command.role, "admin, staff, user or worker");
    set->add_option("--name", command.name, "For people");
}

}  // namespace galley::app
