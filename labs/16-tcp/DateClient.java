// SPDX-License-Identifier: 0BSD
// The slide's client: java DateClient.java PORT
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;

public class DateClient {
	public static void main(String[] args) throws Exception {
		Socket sock = new Socket("127.0.0.1", Integer.parseInt(args[0]));
		BufferedReader bin = new BufferedReader(new InputStreamReader(sock.getInputStream()));

		for (String line; (line = bin.readLine()) != null;)
			System.out.println(line);
		sock.close();
	}
}
